// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_DIAGNOSTICS_HPP
#define MDE_MODEL_DIAGNOSTICS_HPP

/// @file
/// What the service itself said about a failure, safe to show.

#include <mde/base/time.hpp>
#include <mde/model/stage.hpp>

#include <optional>
#include <string>

namespace mde::inline MDE_ABI {

/// Filled in beside an error, as far as known. Every text is printable ASCII, bounded, and free of
/// the secrets that were in use (bounds.hpp; a server may echo what it was sent).
struct Diagnostics {
    /// Of the answer, or of the request that got none.
    Stage stage = Stage::none;
    /// Zero: no answer came.
    unsigned http_status = 0;
    /// The service's `code`: an open set, "TooManyRequests" and "429" are the same thing.
    std::string code;
    /// The service's `message`, with control characters escaped.
    std::string message;
    /// The service's `target`: the id to give to support.
    std::string target;
    /// The id that the answer's head carries.
    std::string request_id;
    /// How long the service asked us to wait.
    std::optional<Duration> retry_after;

    friend bool operator==(const Diagnostics&, const Diagnostics&) = default;
};

} // namespace mde::inline MDE_ABI

#endif
