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
    /// As the settings name it.
    std::string tenant;
    /// The machine's id, from the action.
    std::string machine;
    /// The machine's name, from the action.
    std::string computer_dns_name;
    /// The action's id.
    std::string action;
    /// Who asked for the action, from the action.
    std::string requestor;
    /// The comment of the collection, from the action.
    std::string comment;
    /// By the service's clock.
    std::optional<UtcTime> action_created;
    /// By the service's clock.
    std::optional<UtcTime> action_updated;
    /// When the request for the last link left, by our clock.
    UtcTime link_requested{};
    /// When the first request for bytes left, by our clock.
    UtcTime download_started{};
    /// When the last byte was checked, by our clock.
    UtcTime stored{};
    /// The host that the bytes came from; never more of the link.
    std::string source_host;
    /// Of what was stored, in bytes.
    std::uint64_t length = 0;
    /// Of what was stored.
    Sha256Digest sha256;
    /// The download host's entity tag, printable and bounded; empty without one.
    std::string etag;
    /// The download host's `Content-Type`, printable and bounded.
    std::string media_type;
    /// Ids to quote to the service's support, in the order of the calls.
    std::vector<std::string> request_ids;
    /// `MDE_VERSION_STRING` of whoever stored it.
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
