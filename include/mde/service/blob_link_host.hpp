// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_BLOB_LINK_HOST_HPP
#define MDE_SERVICE_BLOB_LINK_HOST_HPP

/// @file
/// What the calls of the API do that hand out links to blobs, once a caller was admitted.

#include <mde/base/ascii.hpp>
#include <mde/model/machine_action.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/service/admission.hpp>
#include <mde/service/blob_path.hpp>
#include <mde/service/find_action.hpp>
#include <mde/service/query.hpp>
#include <mde/service/replies.hpp>
#include <mde/service/sas_signer.hpp>
#include <mde/service/service_state.hpp>
#include <mde/wire/export_files_codec.hpp>
#include <mde/wire/package_uri_codec.hpp>
#include <mde/wire/route_match.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// Answers the two kinds of call. `W` is a `World`.
template <class W>
class BlobLinkHost {
  public:
    /// `world` outlives the host.
    explicit BlobLinkHost(W& world) noexcept : world_(&world) {}

    /// `life`: instead of the one in the settings.
    HttpReply answer(GetLiveResponseResultLink*, const ApiCall& call,
                     std::optional<std::chrono::seconds> life) {
        const auto match = wire::match_numbered_route(GetLiveResponseResultLink::route,
                                                      path_of(call.request->target));
        HttpReply refused;
        const TimedAction* action =
            find_action(*world_, call, match->segment, IdCheck::guid_only, refused);
        if (action == nullptr) return refused;
        if (action->action.type != MachineActionType::live_response)
            return error_reply(*world_, 400, "InvalidInput",
                               "Provided Guid is not a valid id for a LiveResponse action");
        if (!has_result(*action, match->number, call.as_of) ||
            !world_->blobs.find_result(action->action.id, match->number))
            return error_reply(*world_, 404, "ResourceNotFound",
                               "The result of the command was not found");
        const SasTimes times{std::nullopt,
                             call.now.utc + life.value_or(settings().result_lifetime)};
        return json_reply(*world_, 200,
                          wire::Codec<PackageUri>::encode(
                              link(path_of(ResultBlob{action->action.id, match->number}), times,
                                   SasShape::live_response),
                              wire::Codec<PackageUri>::Quoting::plain, world_->settings.base_url));
    }

    /// The same for one of the exports.
    HttpReply answer(const ExportPage& page, const ApiCall& call,
                     std::optional<std::chrono::seconds> life) {
        const auto hours = hours_of(page, *call.request);
        if (!hours)
            return error_reply(*world_, 400, "InvalidInput",
                               "The value of sasValidHours is invalid");
        const std::chrono::seconds asked =
            *hours == 0 ? settings().export_lifetime : std::chrono::hours(*hours);
        const UtcTime start = call.now.utc + settings().start_after;
        const SasTimes times{start, start + life.value_or(asked)};
        const ExportSnapshot snapshot = world_->blobs.snapshot(page.kind, call.now.utc);
        std::vector<std::string> links;
        for (std::size_t i = 0; i < snapshot.files.size(); ++i)
            links.push_back(link(path_of(ExportBlob{page.kind, ticks_of(snapshot.generated), i}),
                                 times, SasShape::exported));
        return json_reply(
            *world_, 200,
            wire::Codec<ExportFiles>::encode(links, snapshot.generated, world_->settings.base_url));
    }

  private:
    const BlobSettings& settings() const noexcept { return world_->settings.blob; }

    /// An action that lists no commands has the results that were put there, once it has ended.
    static bool has_result(const TimedAction& action, unsigned index, const Now& now) {
        for (const LiveResponseCommand& command : action.action.commands)
            if (command.index == static_cast<std::int64_t>(index))
                return command.command_status == "Completed" && command.type != "PutFile";
        return action.action.commands.empty() && is_terminal(action.status(now));
    }

    std::string link(std::string_view path, const SasTimes& times, SasShape shape) const {
        const std::string port =
            settings().port == 443 ? std::string() : ':' + std::to_string(settings().port);
        return "https://" + settings().host + port + sas_target(world_->signer, path, times, shape);
    }

    /// Zero: not asked for. Empty: not allowed. One page's example writes the name with a `$`.
    static std::optional<unsigned> hours_of(const ExportPage& page,
                                            const IncomingRequest& request) {
        const auto parameters = parse_query(request.target);
        if (!parameters) return std::nullopt;
        for (const auto& [name, value] : *parameters) {
            if (page.most_hours == 0 || !(ascii::equal_ignoring_case(name, "sasValidHours") ||
                                          ascii::equal_ignoring_case(name, "$sasValidHours")))
                continue;
            const auto hours = wire::parse_length(value);
            if (!hours || *hours < 1 || *hours > page.most_hours) return std::nullopt;
            return static_cast<unsigned>(*hours);
        }
        return 0u;
    }

    W* world_;
};

} // namespace mde::inline MDE_ABI::service

#endif
