// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_PACKAGE_STORE_HPP
#define MDE_PORT_PACKAGE_STORE_HPP

/// @file
/// The port through which packages go out.

#include <mde/base/result.hpp>
#include <mde/model/package_key.hpp>
#include <mde/model/package_part.hpp>
#include <mde/model/receipt.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mde::inline MDE_ABI {

namespace needed {

template <class T>
concept writer_has_begin_of_part = requires(T& writer, const PackagePart& part) {
    { writer.begin(part) } -> std::same_as<error_code>;
};

template <class T>
concept writer_has_write_of_offset_and_bytes = requires(T& writer, std::uint64_t offset,
                                                        std::span<const std::byte> bytes) {
    { writer.write(offset, bytes) } -> std::same_as<error_code>;
};

template <class T>
concept writer_has_commit_of_receipt = requires(T& writer, const Receipt& receipt) {
    { writer.commit(receipt) } -> std::same_as<error_code>;
};

template <class T>
concept writer_has_abort = requires(T& writer) {
    writer.abort();
};

template <class T>
concept part_writer_has_const_part = requires(const T& writer) {
    { writer.part() } -> std::same_as<const PackagePart&>;
};

template <class T>
concept part_writer_has_read_of_offset_and_bytes = requires(T& writer, std::uint64_t offset,
                                                            std::span<std::byte> bytes) {
    { writer.read(offset, bytes) } -> std::same_as<result<std::size_t>>;
};

template <class T>
concept part_writer_has_keep = requires(T& writer) {
    writer.keep();
};

template <class T>
concept package_store_has_type_Writer = requires {
    typename T::Writer;
};

template <class T>
concept package_store_has_open_of_key_that_returns_result_of_Writer =
    requires(T& store, const PackageKey& key) {
    { store.open(key) } -> std::same_as<result<typename T::Writer>>;
};

} // namespace needed

/// A package being written. Move-only; destroying it without `commit` leaves nothing. Package and
/// receipt appear under their final names in one step each; after an error of `commit` neither
/// does.
///
/// | expression | semantics |
/// | --- | --- |
/// | `writer.begin(part)` | begins the package at its first byte; drops what was written before |
/// | `writer.write(offset, bytes)` | stores `bytes`; offsets come in order, without gaps |
/// | `writer.commit(receipt)` | makes package and receipt appear, whole and durable |
/// | `writer.abort()` | drops what was written |
///
/// `begin`, `write` and `commit` return an `error_code`. `part` says what is known of the package
/// before its first byte; `part.stored` is 0.
template <class T>
concept PackageWriter = std::movable<T> && needed::writer_has_begin_of_part<T> &&
    needed::writer_has_write_of_offset_and_bytes<T> && needed::writer_has_commit_of_receipt<T> &&
    needed::writer_has_abort<T>;

/// A writer that keeps what was written for another time, and shows it.
///
/// | expression | semantics |
/// | --- | --- |
/// | `writer.part()` | `const PackagePart&`: what is there; after `open`, what was kept earlier |
/// | `writer.read(offset, bytes)` | `result<size_t>`: fills `bytes` with what was written |
/// | `writer.keep()` | leaves what was written to the next `open`, if it is resumable |
///
/// Destroying it is as `keep`, so that nothing is lost with a program that unwinds: also after a
/// call that threw, for want of memory say, the writer can be destroyed or used again, and `part()`
/// speaks of nothing that is not there. Offsets of
/// `write` come in any order; `part().stored` is what is there without a gap.
template <class T>
concept PartWriter = PackageWriter<T> && needed::part_writer_has_const_part<T> &&
    needed::part_writer_has_read_of_offset_and_bytes<T> && needed::part_writer_has_keep<T>;

/// Where packages go: a directory, memory, a bucket of the consumer's.
///
/// | expression | semantics |
/// | --- | --- |
/// | `T::Writer` | meets `PackageWriter`, or `PartWriter` |
/// | `store.open(key)` | `result<Writer>`: the key is this writer's alone from now on |
///
/// `open` is asked before a link is: one that is not needed would cost a slot of two a minute.
/// `errc::store_has_package` if the package is there already, `errc::store_busy` if somebody else
/// is writing it. `begin` says `errc::store_no_space` if it cannot fit. All other errors are
/// `errc::store_*`. Calls of one writer come one after the other. If `open` throws, the key is
/// nobody's, and what was kept earlier is still there.
template <class T>
concept PackageStore =
    needed::package_store_has_type_Writer<T> && PackageWriter<typename T::Writer> &&
    needed::package_store_has_open_of_key_that_returns_result_of_Writer<T>;

namespace exemplar {

/// The smallest store: everything is proven and nothing is kept.
struct NoStore {
    /// Forgets what it is given.
    struct Writer {
        /// @{
        /// Always well.
        error_code begin(const PackagePart&) { return {}; }
        error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
        error_code commit(const Receipt&) { return {}; }
        void abort() noexcept {}
        /// @}
    };
    /// Always a new writer.
    result<Writer> open(const PackageKey&) { return Writer(); }
};
static_assert(PackageStore<NoStore>);

} // namespace exemplar

} // namespace mde::inline MDE_ABI

#endif
