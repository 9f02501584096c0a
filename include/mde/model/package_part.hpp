// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_PACKAGE_PART_HPP
#define MDE_MODEL_PACKAGE_PART_HPP

/// @file
/// The beginning of a package, and what it takes to know that another answer continues it.

#include <mde/base/version.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace mde::inline MDE_ABI {

/// A value; holds no secret. Distinct objects: safe. Shared objects: unsafe.
struct PackagePart {
    /// Of the whole package, in bytes, if it was declared.
    std::optional<std::uint64_t> total;
    /// The strong entity tag of the whole, with its quotes; empty if there is none.
    std::string etag;
    /// So many bytes are there, from the first one on and without a gap.
    std::uint64_t stored = 0;

    /// True if a later answer can prove that it is of the same package: without a strong tag and
    /// the length nothing can, and two packages would be spliced.
    bool is_resumable() const noexcept { return total && *total != 0 && !etag.empty(); }

    friend bool operator==(const PackagePart&, const PackagePart&) = default;
};

} // namespace mde::inline MDE_ABI

#endif
