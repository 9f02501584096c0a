// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_EMULATOR_HPP
#define MDE_SERVICE_EMULATOR_HPP

/// @file
/// The whole service in one object: API, sign-in and download host behind one `handle()`.

#include <mde/port/http_handler.hpp>
#include <mde/service/admission.hpp>
#include <mde/service/api_host.hpp>
#include <mde/service/blob_host.hpp>
#include <mde/service/blob_link_host.hpp>
#include <mde/service/download_host.hpp>
#include <mde/service/fault_script.hpp>
#include <mde/service/faulty_reply.hpp>
#include <mde/service/request_log.hpp>
#include <mde/service/request_route.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/sign_in_host.hpp>
#include <mde/wire/calendar.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// The service that the client of this SDK talks to, without a socket, a clock or a thread: what
/// carries the requests is another's business, and the time is an argument. Meets `HttpHandler`.
/// The three hosts are told apart by path alone, so that one server can play all of them.
///
/// No secret of a caller is in any answer, unless `Settings::echo_secrets_in_errors` is on.
/// Distinct objects: safe. Shared objects: unsafe.
template <Signer S, ActionStore A = MemoryActionStore, PackageSource P = MemoryPackages>
class Emulator {
  public:
    /// Knows nobody yet; see `add`.
    explicit Emulator(S signer, Settings settings = {}, A actions = A(), P packages = P())
        : world_(std::move(settings), std::move(signer), std::move(actions), std::move(packages)) {}

    /// @{
    /// Adds who may sign in, what may be collected from, or what is to go wrong.
    void add(Application application) { world_.applications.push_back(std::move(application)); }
    void add(Machine machine) { world_.machines.push_back(std::move(machine)); }
    void add(Fault fault) { faults_.add(std::move(fault)); }
    /// @}

    /// Puts an action into the world that nobody asked for through the API.
    MachineActionId add_action(std::string tenant, MachineActionType type, std::string machine,
                               const Schedule& schedule, const Now& now) {
        TimedAction timed{{}, std::move(tenant), now, schedule, {}};
        timed.action.id = *MachineActionId::parse(world_.guids.guid());
        timed.action.type = type;
        timed.action.machine_id = std::move(machine);
        timed.action.created = now.utc;
        timed.action.request_source = "Portal";
        world_.actions.insert(timed);
        return timed.action.id;
    }

    /// Changes what will become of an action. False if there is none of that id.
    bool set_schedule(const MachineActionId& action, const Schedule& schedule) {
        const TimedAction* known = world_.actions.find(action);
        if (known == nullptr) return false;
        TimedAction changed = *known;
        changed.schedule = schedule;
        world_.actions.replace(std::move(changed));
        return true;
    }

    /// A good token for `application`, for callers that do not go through sign-in.
    std::string make_token(const Application& application, const Now& now) const {
        const std::string audience =
            world_.settings.audiences.empty() ? std::string() : world_.settings.audiences.front();
        return make_bearer_token(SignerRef::to(world_.signer),
                                 content_for(application, audience, world_.settings.token_lifetime),
                                 now.utc);
    }
    /// A good link to the package of `action`.
    std::string make_link(const MachineActionId& action, const Now& now) {
        return ApiHost(world_).make_link(action, now.utc, LinkBirth::alive);
    }

    /// Somebody enters the code that was shown. False if it does not wait for that.
    bool approve_device_code(std::string_view user_code) {
        return world_.device_codes.decide(user_code, DeviceDecision::approved);
    }
    /// Somebody refuses. False if it does not wait for that.
    bool decline_device_code(std::string_view user_code) {
        return world_.device_codes.decide(user_code, DeviceDecision::declined);
    }

    /// @{
    /// A part of the service, to be looked at or changed between two requests.
    Settings& settings() noexcept { return world_.settings; }
    const Settings& settings() const noexcept { return world_.settings; }
    A& actions() noexcept { return world_.actions; }
    P& packages() noexcept { return world_.packages; }
    Blobs& blobs() noexcept { return world_.blobs; }
    Quotas& quotas() noexcept { return world_.quotas; }
    const DeviceCodes& device_codes() const noexcept { return world_.device_codes; }
    FaultScript& faults() noexcept { return faults_; }
    RequestLog& log() noexcept { return log_; }
    const RequestLog& log() const noexcept { return log_; }
    /// @}

    /// Answers one request; see `HttpHandler`.
    HttpReply handle(const IncomingRequest& request, const Now& now) {
        const RequestRoute route = route_request(request.method, path_of(request.target));
        const std::optional<Fault> fault = faults_.next(route.stage);
        world_.echo = echo_of(route, request);
        if (fault && fault->distortion == Distortion::changed_etag) ++world_.etag_generation;
        HttpReply reply;
        if (!fault || !fault->status || fault->effect == Effect::takes_place)
            reply = answer(route, request, now, distortion_of(fault));
        if (fault) apply_fault(world_, *fault, now.utc, reply);
        reply.add_field("Date", std::string(wire::format_http_date(now.utc).view()));
        log_.add(route.stage, now, reply.status);
        return reply;
    }

  private:
    /// The secret of a request, for the errors of a hostile test.
    std::string echo_of(const RequestRoute& route, const IncomingRequest& request) const {
        if (world_.settings.echo_secrets_in_errors == Feature::off) return {};
        if (route.stage == Stage::download) return printable_message(request.target, bounds::link);
        if (route.stage == Stage::sign_in) return detail::secret_of(request);
        return printable_message(request.field("Authorization"), bounds::access_token);
    }

    static Distortion distortion_of(const std::optional<Fault>& fault) noexcept {
        return fault ? fault->distortion : Distortion::none;
    }

    HttpReply answer(const RequestRoute& route, const IncomingRequest& request, const Now& now,
                     Distortion distortion) {
        const bool expired = distortion == Distortion::expired_link;
        switch (route.stage) {
        case Stage::sign_in:
            return answer_sign_in(world_, SignerRef::to(world_.signer), request, *route.token, now);
        case Stage::collect: return call<CollectInvestigationPackage>(route, request, now);
        case Stage::get_action: return call<GetMachineAction>(route, request, now);
        case Stage::list_actions: return call<ListMachineActions>(route, request, now);
        case Stage::cancel: return call<CancelMachineAction>(route, request, now);
        case Stage::get_link:
            return call<GetPackageUri>(route, request, now,
                                       expired ? LinkBirth::expired : LinkBirth::alive);
        case Stage::get_live_response_link:
            return blob_call<GetLiveResponseResultLink>(
                route, request, now, static_cast<GetLiveResponseResultLink*>(nullptr), expired);
        case Stage::export_files: return export_call(route, request, now, expired);
        case Stage::download:
            if (path_of(request.target).starts_with(blob_root))
                return BlobHost(world_).download(request, now, expired);
            return DownloadHost(world_).download(request, now,
                                                 expired ? LinkView::expired : LinkView::as_it_is);
        default: return no_resource_reply(world_, request);
        }
    }

    /// The answer to a call that is not admitted.
    template <class Request>
    std::optional<HttpReply> refusal(ApiCall& call) {
        std::optional<HttpReply> refused = admit<Request>(world_, call);
        if (!refused && Request::method == Method::get)
            call.as_of = world_.now_of_replica(call.now);
        return refused;
    }

    template <class Request, class... Options>
    HttpReply call(const RequestRoute& route, const IncomingRequest& request, const Now& now,
                   Options... options) {
        ApiCall call{&request, now, now, route.segment, {}};
        if (std::optional<HttpReply> refused = refusal<Request>(call)) return std::move(*refused);
        return ApiHost(world_).answer(static_cast<Request*>(nullptr), call, options...);
    }

    /// `what` says which answer of `BlobLinkHost` is wanted.
    template <class Request, class What>
    HttpReply blob_call(const RequestRoute& route, const IncomingRequest& request, const Now& now,
                        const What& what, bool expired) {
        ApiCall call{&request, now, now, route.segment, {}};
        if (std::optional<HttpReply> refused = refusal<Request>(call)) return std::move(*refused);
        std::optional<std::chrono::seconds> life;
        if (expired) life = std::chrono::seconds(0);
        return BlobLinkHost(world_).answer(what, call, life);
    }

    /// Each kind of export is a type of its own.
    HttpReply export_call(const RequestRoute& route, const IncomingRequest& request, const Now& now,
                          bool expired) {
        HttpReply reply;
        const auto try_kind = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            constexpr auto kind = static_cast<ExportKind>(I);
            if (route.exported == kind)
                reply =
                    blob_call<GetExportFiles<kind>>(route, request, now, export_pages[I], expired);
        };
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (try_kind(std::integral_constant<std::size_t, I>()), ...);
        }
        (std::make_index_sequence<export_pages.size()>());
        return reply;
    }

    World<S, A, P> world_;
    FaultScript faults_;
    RequestLog log_;
};
static_assert(HttpHandler<Emulator<exemplar::WeakSigner>>);

} // namespace mde::inline MDE_ABI::service

#endif
