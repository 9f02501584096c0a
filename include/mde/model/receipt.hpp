// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_RECEIPT_HPP
#define MDE_MODEL_RECEIPT_HPP

/// @file
/// The custody receipt: what was stored, from where, by whom and when; never the link.

#include <mde/base/sha256_digest.hpp>
#include <mde/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mde::inline MDE_ABI {

/// Lies beside each package as JSON. An export belongs to no machine and no action: those texts are
/// empty then. Texts that came from the service are kept whole: JSON escapes them.
struct Receipt {
    std::string tenant;
    std::string machine;
    std::string computer_dns_name;
    std::string action;
    std::string requestor;
    std::string comment;
    std::optional<UtcTime> action_created;
    std::optional<UtcTime> action_updated;
    UtcTime link_requested{};
    UtcTime download_started{};
    UtcTime stored{};
    std::string source_host;
    std::uint64_t length = 0;
    Sha256Digest sha256;
    std::string etag;
    std::string media_type;
    /// Ids to quote to the service's support, in the order of the calls.
    std::vector<std::string> request_ids;
    std::string sdk_version;
    /// What was stored: `InvestigationPackage`, `LiveResponseResult`, or the name of an export.
    std::string content;
    /// Of the live-response command, or of the file in its export; empty for a package.
    std::optional<std::uint64_t> index;
    /// When the service made the snapshot that the file belongs to; empty for all but exports.
    std::optional<UtcTime> generated;

    friend bool operator==(const Receipt&, const Receipt&) = default;
};

} // namespace mde::inline MDE_ABI

#endif
