// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_FETCHED_EXPORT_HPP
#define MDE_MODEL_FETCHED_EXPORT_HPP

/// @file
/// What came of fetching the files of an export.

#include <mde/base/time.hpp>
#include <mde/model/receipt.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace mde::inline MDE_ABI {

/// All files of one snapshot are in the store.
struct FetchedExport {
    /// Of the files that were stored now, in their order.
    std::vector<Receipt> receipts;
    /// How many more the store had before.
    std::size_t already_stored = 0;
    /// When the service made the snapshot.
    std::optional<UtcTime> generated;

    friend bool operator==(const FetchedExport&, const FetchedExport&) = default;
};

} // namespace mde::inline MDE_ABI

#endif
