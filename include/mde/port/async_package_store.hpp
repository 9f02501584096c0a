// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_ASYNC_PACKAGE_STORE_HPP
#define MDE_PORT_ASYNC_PACKAGE_STORE_HPP

/// @file
/// The port through which packages go out to a store that takes its time: over a network, say.

#include <mde/port/package_store.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mde::inline MDE_ABI {

namespace exemplar {

struct DoneHandler {
    void operator()(error_code) {}
};

template <class Writer>
struct OpenHandler {
    void operator()(error_code, Writer) {}
};

} // namespace exemplar

/// As `PackageWriter`, with completions `void(error_code)`. While a write is under way nothing more
/// is read from the network: a slow store slows the server down, and memory stays as it is. What is
/// passed outlives the completion. `abort` does not wait.
template <class T>
concept AsyncPackageWriter = std::default_initializable<T> && std::movable<T> &&
    requires(T& writer, std::uint64_t offset, std::span<const std::byte> bytes,
             const PackagePart& part, const Receipt& receipt) {
    writer.async_begin(part, exemplar::DoneHandler());
    writer.async_write(offset, bytes, exemplar::DoneHandler());
    writer.async_commit(receipt, exemplar::DoneHandler());
    writer.abort();
};

/// As `PackageStore`; `store.async_open(key, token)` completes with `void(error_code, Writer)`.
/// Handlers are never called inside the call that they are given to.
template <class T>
concept AsyncPackageStore = AsyncPackageWriter<typename T::Writer> &&
    requires(T& store, const PackageKey& key) {
    store.async_open(key, exemplar::OpenHandler<typename T::Writer>());
};

/// What a client stores into.
template <class T>
concept AnyPackageStore = PackageStore<T> || AsyncPackageStore<T>;

} // namespace mde::inline MDE_ABI

#endif
