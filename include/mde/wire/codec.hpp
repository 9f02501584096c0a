// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_CODEC_HPP
#define MDE_WIRE_CODEC_HPP

/// @file
/// How an answer becomes a value and back: declared here, defined beside each type's JSON.

#include <mde/base/time.hpp>
#include <mde/model/expiry_policy.hpp>
#include <mde/wire/http_message.hpp>

#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// Everything a decoder may look at.
struct Answer {
    /// Status and fields; null where only the body is known.
    const ResponseHead* head = nullptr;
    /// Whole.
    std::string_view body;
    /// When the request was sent.
    Now sent;
    /// For answers that hold a link.
    ExpiryPolicy expiry;
    /// Whether its links declare their end.
    LinkLife life = LinkLife::assumed;
};

/// Specialised for each response type, so that a request header names its response without paying
/// for JSON. A specialisation has `static result<T> decode(const Answer&)`; the service side also
/// uses its `encode`. A consumer's own response type brings its own specialisation.
template <class T>
struct Codec;

} // namespace mde::inline MDE_ABI::wire

#endif
