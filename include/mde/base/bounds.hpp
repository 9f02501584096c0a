// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_BOUNDS_HPP
#define MDE_BASE_BOUNDS_HPP

/// @file
/// Every bound on what is read before trust is established, in one place.

#include <mde/base/version.hpp>

#include <cstddef>
#include <cstdint>

namespace mde::inline MDE_ABI::bounds {

/// Bytes in a KiB.
inline constexpr std::size_t kib = 1024;
/// Bytes in a MiB.
inline constexpr std::size_t mib = 1024 * kib;

/// Response head: all header lines of one answer together, in bytes.
inline constexpr std::size_t response_head = 64 * kib;
/// Response head: number of header fields.
inline constexpr std::size_t response_fields = 100;
/// Response head: one header field, name and value, in bytes.
inline constexpr std::size_t response_field = 16 * kib;
/// Interim (1xx) answers before the final one.
inline constexpr unsigned interim_answers = 8;

/// One chunk-size line of a chunked body, in bytes.
inline constexpr std::size_t chunk_line = 1 * kib;
/// Chunk-size lines of a chunked body may outweigh its data by this much in total, in bytes.
inline constexpr std::size_t chunk_overhead = 16 * kib;
/// Trailer section of a chunked body, in bytes.
inline constexpr std::size_t chunk_trailers = 8 * kib;

/// A JSON answer of the API or the token endpoint, in bytes.
inline constexpr std::size_t json_text = 1 * mib;
/// Nesting of a JSON answer.
inline constexpr std::size_t json_depth = 32;

/// A link to a package, in bytes. The one in the documentation has 1,720.
inline constexpr std::size_t link = 16 * kib;
/// Links in one answer of an export call; the bound of the answer holds for all of them together.
inline constexpr std::size_t export_files = 2000;
/// An access token, in bytes.
inline constexpr std::size_t access_token = 16 * kib;
/// A claims challenge, in bytes of its encoded form.
inline constexpr std::size_t claims = 8 * kib;
/// An identifier given by the caller, in bytes, before percent-encoding.
inline constexpr std::size_t identifier = 64;
/// The comment of a collection, in bytes.
inline constexpr std::size_t comment = 4 * kib;

/// The service's `code` or `target` as shown to people, in bytes.
inline constexpr std::size_t shown_word = 128;
/// The service's `message` as shown to people, in bytes.
inline constexpr std::size_t shown_message = 1 * kib;

/// A package, in bytes; settable.
inline constexpr std::uint64_t package = 2ull * 1024 * mib;
/// Redirects of one download, all within the `LinkPolicy`.
inline constexpr unsigned redirects = 3;
/// Links asked for in the course of one fetch.
inline constexpr unsigned links_per_package = 3;
/// What is read of a package at once, in bytes: of a large one, and of the smallest. The latter is
/// a record of TLS.
inline constexpr std::size_t stream_buffer = 128 * kib;
/// The smallest such piece.
inline constexpr std::size_t stream_buffer_least = 16 * kib;
/// What is read of a JSON answer at once, in bytes.
inline constexpr std::size_t answer_piece = 4 * kib;
/// Actions asked for at once in a list that goes on: with the longest comments they still fit into
/// `json_text`.
inline constexpr unsigned list_page = 200;
/// Answers that one list is put together from.
inline constexpr unsigned list_pages = 100;
/// The file of one quota that processes share, in bytes: an hour's calls.
inline constexpr std::size_t quota_record = 1 * mib;
/// The saved state of a job, in bytes.
inline constexpr std::size_t saved_state = 64 * mib;
/// Tries of one stage.
inline constexpr unsigned tries = 4;
/// Tries of one stage in all, if some of them brought it further.
inline constexpr unsigned tries_in_all = 20;
/// An entity tag that a transfer is resumed by, in bytes.
inline constexpr std::size_t entity_tag = 256;
/// Connections that one package is fetched over.
inline constexpr unsigned connections_per_package = 16;
/// What is asked for first of a package that is to be fetched over several connections, in bytes:
/// the answer shows whether its host sends parts.
inline constexpr std::uint64_t first_range = 256 * kib;
/// What one connection of several is asked for at a time, in bytes. They are handed out in order:
/// what a crash makes a transfer fetch again is less than one for each connection.
inline constexpr std::uint64_t segment = 2 * mib;
/// The journal beside an unfinished file, in bytes.
inline constexpr std::size_t part_journal = 4 * kib;
/// What a crash of the process can make a transfer fetch again, in bytes.
inline constexpr std::uint64_t journal_step = 512 * kib;
/// What a crash of the machine can make a transfer fetch again, in bytes.
inline constexpr std::uint64_t sync_step = 64 * mib;

} // namespace mde::inline MDE_ABI::bounds

#endif
