// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_RECEIPT_STORE_HPP
#define MDE_ADAPTER_RECEIPT_STORE_HPP

/// @file
/// A store that keeps what was proven of a package, and not the package.

#include <mde/base/linkage.hpp>
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

namespace mde::inline MDE_ABI {

/// For comparing a package with a copy that lies elsewhere: it is fetched, hashed and proven, and
/// only its receipt stays. A key may be fetched again; the newest receipt counts. Copies share
/// their content. Distinct objects: safe. Shared objects: safe.
class ReceiptStore {
    struct Shared {
        std::mutex mutex;
        std::map<std::string, Receipt, std::less<>> receipts;
    };

  public:
    ReceiptStore() : shared_(std::make_shared<Shared>()) {}

    /// Meets `PackageWriter`.
    class Writer {
      public:
        /// Always well.
        error_code begin(const PackagePart&) { return {}; }
        /// Drops the bytes, which were hashed on their way here. Always well.
        error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
        /// Keeps the receipt. Always well.
        error_code commit(const Receipt& receipt);
        /// Keeps nothing.
        void abort() noexcept {}

      private:
        friend class ReceiptStore;
        Writer(std::shared_ptr<Shared> shared, std::string name)
            : shared_(std::move(shared)), name_(std::move(name)) {}

        std::shared_ptr<Shared> shared_;
        std::string name_;
    };

    /// Always a new writer. Never an error.
    result<Writer> open(const PackageKey& key);

    /// A copy; nothing if that package was not proven yet.
    std::optional<Receipt> find(const PackageKey& key) const;

  private:
    std::shared_ptr<Shared> shared_;
};
static_assert(PackageStore<ReceiptStore>);

#if MDE_DEFINITIONS

MDE_DECL error_code ReceiptStore::Writer::commit(const Receipt& receipt) {
    const std::lock_guard lock(shared_->mutex);
    shared_->receipts[name_] = receipt;
    return {};
}

MDE_DECL result<ReceiptStore::Writer> ReceiptStore::open(const PackageKey& key) {
    return Writer(shared_, std::string(key.name().view()));
}

MDE_DECL std::optional<Receipt> ReceiptStore::find(const PackageKey& key) const {
    const std::lock_guard lock(shared_->mutex);
    const auto entry = shared_->receipts.find(key.name().view());
    if (entry == shared_->receipts.end()) return std::nullopt;
    return entry->second;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
