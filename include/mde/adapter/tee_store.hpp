// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_TEE_STORE_HPP
#define MDE_ADAPTER_TEE_STORE_HPP

/// @file
/// Two stores as one: each package goes into both.

#include <mde/port/package_store.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace mde::inline MDE_ABI {

/// A store that has the package already is left alone, so that a tee that failed halfway is healed
/// by doing it again; if both have it, that is `errc::store_has_package`. An error of either ends
/// the transfer. `commit` asks the first store first: if only the second one fails, the first one
/// keeps the package. What is unfinished is dropped in both. The stores outlive the tee.
/// Distinct objects: safe. Shared objects: as safe as the stores.
template <PackageStore First, PackageStore Second>
class TeeStore {
  public:
    /// Both outlive the tee.
    TeeStore(First& first, Second& second) noexcept : first_(&first), second_(&second) {}

    /// Meets `PackageWriter`.
    class Writer {
      public:
        /// @{
        /// Asks the first writer, then the second one; errors are theirs.
        error_code begin(const PackagePart& part) {
            return both([&](auto& writer) { return writer.begin(part); });
        }
        error_code write(std::uint64_t offset, std::span<const std::byte> bytes) {
            return both([&](auto& writer) { return writer.write(offset, bytes); });
        }
        error_code commit(const Receipt& receipt) {
            return both([&](auto& writer) { return writer.commit(receipt); });
        }
        /// @}
        /// Drops what was written, in both.
        void abort() {
            if (first_) first_->abort();
            if (second_) second_->abort();
        }

      private:
        friend class TeeStore;

        template <class Step>
        error_code both(Step step) {
            if (first_)
                if (const error_code ec = step(*first_)) return ec;
            return second_ ? step(*second_) : error_code();
        }

        /// Empty where the package is there already.
        std::optional<typename First::Writer> first_;
        std::optional<typename Second::Writer> second_;
    };

    /// Opens both, or the one that does not have the package.
    /// @par Errors errc::store_has_package (both), and those of either store
    result<Writer> open(const PackageKey& key) {
        Writer writer;
        if (const error_code ec = open_one(*first_, key, writer.first_)) return ec;
        if (const error_code ec = open_one(*second_, key, writer.second_)) return ec;
        if (!writer.first_ && !writer.second_) return make_error_code(errc::store_has_package);
        return writer;
    }

  private:
    template <class Store>
    static error_code open_one(Store& store, const PackageKey& key,
                               std::optional<typename Store::Writer>& writer) {
        auto opened = store.open(key);
        if (opened)
            writer.emplace(std::move(*opened));
        else if (opened.error() != errc::store_has_package)
            return opened.error();
        return {};
    }

    First* first_;
    Second* second_;
};

} // namespace mde::inline MDE_ABI

#endif
