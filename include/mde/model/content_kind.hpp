// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_CONTENT_KIND_HPP
#define MDE_MODEL_CONTENT_KIND_HPP

/// @file
/// What a download must be, and so how much of it can be proven.

#include <mde/base/version.hpp>

namespace mde::inline MDE_ABI {

/// Nothing is ever unpacked: what is stored are the bytes that came.
enum class ContentKind {
    /// Proven from its first bytes to its end record: it needs no declared length.
    zip,
    /// Proven by its first bytes, its least size and the length of the body.
    gzip,
    /// Proven by the length of the body alone; may be empty.
    any,
};

} // namespace mde::inline MDE_ABI

#endif
