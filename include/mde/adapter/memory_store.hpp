// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_MEMORY_STORE_HPP
#define MDE_ADAPTER_MEMORY_STORE_HPP

/// @file
/// A package store in memory, with a cap.

#include <mde/port/package_store.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
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
    std::vector<std::byte> bytes;
    Receipt receipt;
};

/// Copies share their content. Distinct objects: safe. Shared objects: safe.
class MemoryStore {
    struct Shared {
        std::mutex mutex;
        std::uint64_t capacity = 0;
        std::uint64_t used = 0;
        std::map<std::string, std::optional<StoredPackage>, std::less<>> packages;
    };

  public:
    /// `capacity` in bytes, for all packages together, unfinished ones included.
    explicit MemoryStore(std::uint64_t capacity = 64ull * 1024 * 1024)
        : shared_(std::make_shared<Shared>()) {
        shared_->capacity = capacity;
    }

    class Writer {
      public:
        Writer(Writer&& other) noexcept = default;
        Writer& operator=(Writer&& other) noexcept {
            abort();
            shared_ = std::move(other.shared_);
            name_ = std::move(other.name_);
            bytes_ = std::move(other.bytes_);
            return *this;
        }
        ~Writer() { abort(); }

        /// @par Errors errc::store_no_space; errc::store_failed if `offset` leaves a gap
        error_code write(std::uint64_t offset, std::span<const std::byte> bytes) {
            if (offset != bytes_.size()) return make_error_code(errc::store_failed);
            const std::lock_guard lock(shared_->mutex);
            if (bytes.size() > shared_->capacity - shared_->used)
                return make_error_code(errc::store_no_space);
            bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
            shared_->used += bytes.size();
            return {};
        }

        error_code commit(const Receipt& receipt) {
            const auto shared = std::move(shared_);
            const std::lock_guard lock(shared->mutex);
            shared->packages[name_] = StoredPackage{std::move(bytes_), receipt};
            return {};
        }

        void abort() noexcept {
            const auto shared = std::move(shared_);
            if (!shared) return;
            const std::lock_guard lock(shared->mutex);
            shared->used -= bytes_.size();
            shared->packages.erase(name_);
        }

      private:
        friend class MemoryStore;
        Writer(std::shared_ptr<Shared> shared, std::string name)
            : shared_(std::move(shared)), name_(std::move(name)) {}

        std::shared_ptr<Shared> shared_;
        std::string name_;
        std::vector<std::byte> bytes_;
    };

    /// @par Errors errc::store_has_package
    error_code check(const PackageKey& key) const {
        return find(key) ? make_error_code(errc::store_has_package) : error_code();
    }

    /// @par Errors errc::store_has_package, errc::store_busy, errc::store_no_space
    result<Writer> open(const PackageKey& key, std::optional<std::uint64_t> length) {
        std::string name(key.name().view());
        const std::lock_guard lock(shared_->mutex);
        const auto [entry, is_new] = shared_->packages.try_emplace(name);
        if (!is_new)
            return make_error_code(entry->second ? errc::store_has_package : errc::store_busy);
        if (length && *length > shared_->capacity - shared_->used) {
            shared_->packages.erase(entry);
            return make_error_code(errc::store_no_space);
        }
        return Writer(shared_, std::move(name));
    }

    /// A copy of what is stored; nothing if it is not there, or not yet.
    std::optional<StoredPackage> find(const PackageKey& key) const {
        const std::lock_guard lock(shared_->mutex);
        const auto entry = shared_->packages.find(key.name().view());
        return entry == shared_->packages.end() ? std::nullopt : entry->second;
    }

  private:
    std::shared_ptr<Shared> shared_;
};
static_assert(PackageStore<MemoryStore>);

} // namespace mde::inline MDE_ABI

#endif
