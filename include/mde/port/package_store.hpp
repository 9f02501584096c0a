// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_PACKAGE_STORE_HPP
#define MDE_PORT_PACKAGE_STORE_HPP

/// @file
/// The port through which packages go out.

#include <mde/base/result.hpp>
#include <mde/model/package_key.hpp>
#include <mde/model/receipt.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mde::inline MDE_ABI {

/// A package being written. Move-only; destroying it without `commit` is an abort. Package and
/// receipt appear under their final names in one step each; after an error of `commit` neither
/// does.
///
/// | expression | semantics |
/// | --- | --- |
/// | `writer.write(offset, bytes)` | stores `bytes`; offsets come in order, without gaps |
/// | `writer.commit(receipt)` | makes package and receipt appear, whole and durable |
/// | `writer.abort()` | drops what was written |
template <class T>
concept PackageWriter = std::movable<T> &&
    requires(T& writer, std::uint64_t offset, std::span<const std::byte> bytes,
             const Receipt& receipt) {
    { writer.write(offset, bytes) } -> std::same_as<error_code>;
    { writer.commit(receipt) } -> std::same_as<error_code>;
    writer.abort();
};

/// | expression | semantics |
/// | --- | --- |
/// | `T::Writer` | meets `PackageWriter` |
/// | `store.check(key)` | `error_code`: what speaks against storing the package, known by now |
/// | `store.open(key, length)` | `result<Writer>`; `length` is the declared one, if any |
///
/// `check` is asked before a link is: one that is not needed would cost a slot of two a minute.
/// `errc::store_has_package` if the package is there already, `errc::store_busy` if somebody else
/// is writing it, `errc::store_no_space` if it cannot fit. All other errors are `errc::store_*`.
/// Calls of one writer come one after the other.
template <class T>
concept PackageStore = PackageWriter<typename T::Writer> &&
    requires(T& store, const PackageKey& key, std::optional<std::uint64_t> length) {
    { store.check(key) } -> std::same_as<error_code>;
    { store.open(key, length) } -> std::same_as<result<typename T::Writer>>;
};

namespace exemplar {

/// The smallest store: everything is proven and nothing is kept.
struct NoStore {
    struct Writer {
        error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
        error_code commit(const Receipt&) { return {}; }
        void abort() noexcept {}
    };
    error_code check(const PackageKey&) { return {}; }
    result<Writer> open(const PackageKey&, std::optional<std::uint64_t>) { return Writer(); }
};
static_assert(PackageStore<NoStore>);

} // namespace exemplar

} // namespace mde::inline MDE_ABI

#endif
