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

/// Takes the end of a step of a writer.
struct DoneHandler {
    /// The completion.
    void operator()(error_code) {}
};

/// Takes an opened writer.
template <class Writer>
struct OpenHandler {
    /// The completion.
    void operator()(error_code, Writer) {}
};

} // namespace exemplar

namespace needed {

template <class T>
concept writer_has_async_begin_of_part_and_token = requires(T& writer, const PackagePart& part) {
    writer.async_begin(part, exemplar::DoneHandler());
};

template <class T>
concept writer_has_async_write_of_offset_bytes_and_token =
    requires(T& writer, std::uint64_t offset, std::span<const std::byte> bytes) {
    writer.async_write(offset, bytes, exemplar::DoneHandler());
};

template <class T>
concept writer_has_async_commit_of_receipt_and_token = requires(T& writer, const Receipt& receipt) {
    writer.async_commit(receipt, exemplar::DoneHandler());
};

template <class T>
concept package_store_has_async_open_of_key_and_token = requires(T& store, const PackageKey& key) {
    store.async_open(key, exemplar::OpenHandler<typename T::Writer>());
};

} // namespace needed

/// As `PackageWriter`, with completions `void(error_code)`. While a write is under way nothing more
/// is read from the network: a slow store slows the server down, and memory stays as it is. What is
/// passed outlives the completion. `abort` does not wait.
template <class T>
concept AsyncPackageWriter = std::default_initializable<T> && std::movable<T> &&
    needed::writer_has_async_begin_of_part_and_token<T> &&
    needed::writer_has_async_write_of_offset_bytes_and_token<T> &&
    needed::writer_has_async_commit_of_receipt_and_token<T> && needed::writer_has_abort<T>;

/// As `PackageStore`; `store.async_open(key, token)` completes with `void(error_code, Writer)`.
/// Handlers are never called inside the call that they are given to.
template <class T>
concept AsyncPackageStore =
    needed::package_store_has_type_Writer<T> && AsyncPackageWriter<typename T::Writer> &&
    needed::package_store_has_async_open_of_key_and_token<T>;

namespace needed {

template <class T>
concept package_store_has_open_and_its_writer_begin_write_commit_abort_or_all_as_async =
    PackageStore<T> || AsyncPackageStore<T>;

} // namespace needed

/// What a client stores into: a `PackageStore` or an `AsyncPackageStore`.
template <class T>
concept AnyPackageStore =
    needed::package_store_has_open_and_its_writer_begin_write_commit_abort_or_all_as_async<T>;

} // namespace mde::inline MDE_ABI

#endif
