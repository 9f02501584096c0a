// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_LINK_KIND_HPP
#define MDE_MODEL_LINK_KIND_HPP

/// @file
/// The two kinds of link by where they lead.

#include <mde/base/version.hpp>

namespace mde::inline MDE_ABI {

/// What a link is for decides where it may lead; see `LinkPolicy`.
enum class LinkKind {
    /// A package: only ever seen on hosts of the service itself.
    package,
    /// A live-response result or an exported file: a blob of Azure Storage. Anybody may rent a host
    /// there, so a link to a package may not lead to one.
    blob,
};

} // namespace mde::inline MDE_ABI

#endif
