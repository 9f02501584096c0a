// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_MEMORY_STORE_HPP
#define MDE_ADAPTER_MEMORY_STORE_HPP

/// @file
/// A package store in memory, with a cap.

#include <mde/adapter/detail/extents.hpp>
#include <mde/base/linkage.hpp>
#include <mde/port/package_store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

/// What a `MemoryStore` holds for one key.
struct StoredPackage {
    /// All of it.
    std::vector<std::byte> bytes;
    /// What was proven of it.
    Receipt receipt;
};

/// Copies share their content. What a transfer leaves unfinished stays for the next one, until the
/// space is needed. Distinct objects: safe. Shared objects: safe.
class MemoryStore {
    /// Of one key: being written, unfinished, or whole.
    struct Entry {
        bool is_open = false;
        PackagePart part;
        std::vector<std::byte> bytes;
        detail::Extents extents;
        std::optional<Receipt> receipt;
    };

    struct Shared {
        std::mutex mutex;
        std::uint64_t capacity = 0;
        std::uint64_t used = 0;
        std::map<std::string, Entry, std::less<>> entries;

        auto drop(std::map<std::string, Entry, std::less<>>::iterator entry) {
            used -= entry->second.bytes.size();
            return entries.erase(entry);
        }

        /// Unfinished parts that nobody is working on make room.
        bool has_room(std::uint64_t size);
    };

  public:
    /// `capacity` in bytes, for all packages together, unfinished ones included.
    explicit MemoryStore(std::uint64_t capacity = 64ull * 1024 * 1024);

    /// Meets `PartWriter`.
    class Writer {
      public:
        /// Leaves the other one of no use.
        Writer(Writer&& other) noexcept = default;
        /// Likewise; what was written here is left as by `keep`.
        Writer& operator=(Writer&& other) noexcept;
        ~Writer() { keep(); }

        /// What is there; after `open`, what was kept earlier.
        const PackagePart& part() const noexcept { return entry_->part; }

        /// Makes room for the whole, if its length is known.
        /// @par Errors errc::store_no_space
        error_code begin(const PackagePart& part);

        /// Copies `bytes` to their place.
        /// @par Errors errc::store_no_space; errc::store_failed behind the declared end
        error_code write(std::uint64_t offset, std::span<const std::byte> bytes);

        /// Fewer bytes than asked for at the end of what was written. Never an error.
        result<std::size_t> read(std::uint64_t offset, std::span<std::byte> bytes) const;

        /// Shows the package to `find`. Never an error.
        error_code commit(const Receipt& receipt);

        /// Leaves what was written to the next `open`, if it is resumable.
        void keep() noexcept;
        /// Drops what was written.
        void abort() noexcept { leave(false); }

      private:
        friend class MemoryStore;
        Writer(std::shared_ptr<Shared> shared, std::string name, Entry& entry)
            : shared_(std::move(shared)), name_(std::move(name)), entry_(&entry) {}

        void leave(bool stays) noexcept;

        std::shared_ptr<Shared> shared_;
        std::string name_;
        /// In the map, whose nodes never move; nobody else touches an open one but to find it.
        Entry* entry_;
    };

    /// A writer for what is there, or for nothing yet.
    /// @par Errors errc::store_has_package, errc::store_busy
    result<Writer> open(const PackageKey& key);

    /// A copy of what is stored; nothing if it is not there, or not yet.
    std::optional<StoredPackage> find(const PackageKey& key) const;

  private:
    std::shared_ptr<Shared> shared_;
};
static_assert(PackageStore<MemoryStore> && PartWriter<MemoryStore::Writer>);

#if MDE_DEFINITIONS

MDE_DECL bool MemoryStore::Shared::has_room(std::uint64_t size) {
    for (auto it = entries.begin(); it != entries.end() && size > capacity - used;) {
        const bool is_in_use = it->second.is_open || it->second.receipt;
        it = is_in_use ? std::next(it) : drop(it);
    }
    return size <= capacity - used;
}

MDE_DECL MemoryStore::MemoryStore(std::uint64_t capacity) : shared_(std::make_shared<Shared>()) {
    shared_->capacity = capacity;
}

MDE_DECL MemoryStore::Writer& MemoryStore::Writer::operator=(Writer&& other) noexcept {
    keep();
    shared_ = std::move(other.shared_);
    name_ = std::move(other.name_);
    entry_ = other.entry_;
    return *this;
}

MDE_DECL error_code MemoryStore::Writer::begin(const PackagePart& part) {
    PackagePart begun{part.total, part.etag, 0};
    const std::lock_guard lock(shared_->mutex);
    shared_->used -= entry_->bytes.size();
    entry_->bytes.clear();
    entry_->extents.clear();
    entry_->part = std::move(begun);
    return shared_->has_room(part.total.value_or(0)) ? error_code()
                                                     : make_error_code(errc::store_no_space);
}

MDE_DECL error_code MemoryStore::Writer::write(std::uint64_t offset,
                                               std::span<const std::byte> bytes) {
    const std::lock_guard lock(shared_->mutex);
    const std::uint64_t most = entry_->part.total.value_or(shared_->capacity);
    if (offset > most || bytes.size() > most - offset)
        return make_error_code(entry_->part.total ? errc::store_failed : errc::store_no_space);
    std::vector<std::byte>& all = entry_->bytes;
    const auto begin = static_cast<std::size_t>(offset);
    const std::size_t size = (std::max)(all.size(), begin + bytes.size());
    const std::size_t more = size - all.size();
    if (!shared_->has_room(more)) return make_error_code(errc::store_no_space);
    all.resize(size);
    shared_->used += more;
    std::copy(bytes.begin(), bytes.end(), all.begin() + static_cast<std::ptrdiff_t>(begin));
    entry_->extents.add(offset, offset + bytes.size());
    entry_->part.stored = entry_->extents.prefix();
    return {};
}

MDE_DECL result<std::size_t> MemoryStore::Writer::read(std::uint64_t offset,
                                                       std::span<std::byte> bytes) const {
    const std::vector<std::byte>& all = entry_->bytes;
    if (offset > all.size()) return std::size_t(0);
    const auto begin = static_cast<std::size_t>(offset);
    const std::size_t size = (std::min)(bytes.size(), all.size() - begin);
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(begin), size, bytes.begin());
    return size;
}

MDE_DECL error_code MemoryStore::Writer::commit(const Receipt& receipt) {
    const auto shared = shared_;
    const std::lock_guard lock(shared->mutex);
    entry_->receipt = receipt;
    shared_.reset();
    return {};
}

MDE_DECL void MemoryStore::Writer::keep() noexcept {
    leave(shared_ && entry_->part.is_resumable() && entry_->part.stored != 0);
}

MDE_DECL void MemoryStore::Writer::leave(bool stays) noexcept {
    const auto shared = std::move(shared_);
    if (!shared) return;
    const std::lock_guard lock(shared->mutex);
    entry_->is_open = false;
    if (!stays) shared->drop(shared->entries.find(name_));
}

MDE_DECL result<MemoryStore::Writer> MemoryStore::open(const PackageKey& key) {
    std::string name(key.name().view());
    const std::lock_guard lock(shared_->mutex);
    Entry& entry = shared_->entries[name];
    if (entry.receipt) return make_error_code(errc::store_has_package);
    if (std::exchange(entry.is_open, true)) return make_error_code(errc::store_busy);
    return Writer(shared_, std::move(name), entry);
}

MDE_DECL std::optional<StoredPackage> MemoryStore::find(const PackageKey& key) const {
    const std::lock_guard lock(shared_->mutex);
    const auto entry = shared_->entries.find(key.name().view());
    if (entry == shared_->entries.end() || !entry->second.receipt) return std::nullopt;
    return StoredPackage{entry->second.bytes, *entry->second.receipt};
}

#endif

} // namespace mde::inline MDE_ABI

#endif
