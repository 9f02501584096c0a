// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_BLOB_PATH_HPP
#define MDE_SERVICE_BLOB_PATH_HPP

/// @file
/// The paths of the blob host: one for each live-response result and each file of a snapshot.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/export_kind.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/wire/body_framing.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mde::inline MDE_ABI::service {

/// All of them begin with it: the host is told from the others by path alone.
inline constexpr std::string_view blob_root = "/mde-blobs/";

/// One file of an export. The time, in ticks, makes the paths of two snapshots differ; it is zero
/// for a snapshot without one.
struct ExportBlob {
    /// Of which assessment.
    ExportKind kind{};
    /// The time of the snapshot, in ticks since 1970.
    std::uint64_t generated = 0;
    /// The place of the file.
    std::size_t index = 0;

    friend bool operator==(const ExportBlob&, const ExportBlob&) = default;
};

/// One live-response result.
struct ResultBlob {
    /// Of which action.
    MachineActionId action;
    /// Of which command.
    unsigned index = 0;

    friend bool operator==(const ResultBlob&, const ResultBlob&) = default;
};

/// The time as `ExportBlob` has it.
MDE_DECL std::uint64_t ticks_of(const std::optional<UtcTime>& utc) noexcept;

/// The path of a file of an export.
MDE_DECL std::string path_of(const ExportBlob& blob);

/// The path of a live-response result.
MDE_DECL std::string path_of(const ResultBlob& blob);

/// Empty if the path is neither.
MDE_DECL std::variant<std::monostate, ExportBlob, ResultBlob> read_blob_path(std::string_view path);

#if MDE_DEFINITIONS

MDE_DECL std::uint64_t ticks_of(const std::optional<UtcTime>& utc) noexcept {
    return utc ? static_cast<std::uint64_t>(utc->time_since_epoch().count()) : 0;
}

MDE_DECL std::string path_of(const ExportBlob& blob) {
    return std::string(blob_root) + "exports/" + std::string(name_of(blob.kind)) + '/' +
           std::to_string(blob.generated) + '/' + std::to_string(blob.index) + "/export.json.gz";
}

MDE_DECL std::string path_of(const ResultBlob& blob) {
    return std::string(blob_root) + "results/" + std::string(blob.action.segment().view()) + '/' +
           std::to_string(blob.index) + "/output";
}

MDE_DECL std::variant<std::monostate, ExportBlob, ResultBlob>
read_blob_path(std::string_view path) {
    if (!path.starts_with(blob_root)) return {};
    path.remove_prefix(blob_root.size());
    std::array<std::string_view, 5> parts;
    std::size_t count = 0;
    while (count < parts.size() && !path.empty()) {
        const std::size_t slash = path.find('/');
        parts[count++] = path.substr(0, slash);
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    if (!path.empty()) return {};
    if (count == 5 && parts[0] == "exports" && parts[4] == "export.json.gz") {
        const auto kind = find_export_kind(parts[1]);
        const auto generated = wire::parse_length(parts[2]);
        const auto index = wire::parse_length(parts[3]);
        if (kind && generated && index)
            return ExportBlob{*kind, *generated, static_cast<std::size_t>(*index)};
    }
    if (count == 4 && parts[0] == "results" && parts[3] == "output") {
        const auto action = MachineActionId::parse(parts[1]);
        const auto index = wire::parse_length(parts[2]);
        if (action && index && *index <= (std::numeric_limits<unsigned>::max)())
            return ResultBlob{*action, static_cast<unsigned>(*index)};
    }
    return {};
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
