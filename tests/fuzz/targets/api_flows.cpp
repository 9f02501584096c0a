// SPDX-License-Identifier: BSL-1.0
// The flows of the API and of signing in, from a service that answers anything at any time: they
// end, send nothing but safe requests to the hosts they were given, and repeat no request that may
// have been done. The first byte chooses.
#include <mde/flow/await_action.hpp>
#include <mde/flow/await_actions.hpp>
#include <mde/flow/collect_action.hpp>
#include <mde/flow/fetch_package.hpp>
#include <mde/flow/list_actions.hpp>
#include <mde/flow/mint_link.hpp>
#include <mde/flow/sign_in.hpp>
#include <mde/model/api_hosts.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/wire/device_code_codec.hpp>

#include "fuzz/targets/flow_ops.hpp"

#include <vector>

namespace mde_fuzz {

namespace {

MachineActionId id_of(unsigned number) {
    std::string text = "7327b54f-d718-525c-bca0-7dacde913b5a";
    text.back() = static_cast<char>('0' + number % 4);
    return *MachineActionId::parse(text);
}

/// The client's own, the code of a device, and what a user's sign-in is renewed by.
constexpr std::array<std::string_view, 3> own_secrets{"s3cret~of~the~fuzzer", "d3vice~code",
                                                      "r3fresh~token"};

class ApiRun : public FlowRun<ApiRun> {
  public:
    explicit ApiRun(Input& input) : FlowRun(input) {
        if (input.flag()) settings_.running_collection = RunningCollection::adopt;
    }

    void mint() {
        flow::MintLink flow(context(), id_of(0));
        const auto link = run(flow);
        if (!link) return;
        const std::string_view host = link->host();
        require(!link->valueless() && link->port() == 443 &&
                    host.ends_with(".securitycenter.windows.com"),
                "a link leads to an allowed host");
    }

    void collect() {
        flow::CollectAction flow(context(), {*MachineId::parse(mde_test::world_machine), "why"},
                                 input_.flag() ? std::optional(flow::EarlierAttempt{now_.utc - 1h})
                                               : std::nullopt);
        const auto action = run(flow);
        require(!action || !action->id.empty(), "a collection has an id");
    }

    void await_many() {
        std::vector<MachineActionId> ids;
        for (unsigned i = 0; i < 3; ++i) ids.push_back(id_of(i));
        flow::AwaitActions flow(always_ending(), ids);
        const auto ended = run(flow);
        if (!ended) return;
        require(ended->size() == ids.size(), "each action has its end");
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const flow::AwaitedAction& one = (*ended)[i];
            require(one.id == ids[i], "ends come in the order of the ids");
            require(one.error ||
                        (one.action && one.action->status == MachineActionStatus::succeeded),
                    "what has no error has succeeded");
        }
    }

    void await_one() {
        flow::AwaitAction flow(always_ending(), id_of(0));
        const auto action = run(flow);
        require(!action || action->status == MachineActionStatus::succeeded,
                "a watch ends well with a success only");
    }

    void list() {
        ListMachineActions request;
        request.top = input_.byte() % 8;
        flow::ListActions flow(context(), request);
        const auto actions = run(flow);
        if (!actions || request.top == 0) return;
        require(actions->size() <= request.top, "no more is given than was asked for");
    }

    void sign_in() {
        settings_.audience = "https://api.securitycenter.microsoft.com";
        flow::SignInRequest request{{client_secret(Secret(own_secrets[0]))}};
        request.chain.push_back(DeviceCode{});
        if (input_.flag()) std::swap(request.chain[0], request.chain[1]);
        if (input_.flag()) request.refresh_token = Secret(own_secrets[2]);
        flow::SignIn flow(always_ending(), std::move(request));
        const auto tokens = run(flow);
        require(!tokens || !tokens->token.empty(), "a sign-in brings a token");
        for (const std::string_view secret : own_secrets)
            require(diagnostics_.message.find(secret) == std::string::npos, "a secret is not told");
    }

    /// The whole way of one package, up to the store, which takes everything.
    void fetch() {
        flow::FetchPackage<mde_test::SumHasher> flow(context(), id_of(0));
        static_cast<void>(run(flow));
    }

  private:
    friend class FlowRun<ApiRun>;
    using FlowRun::perform;

    flow::Context always_ending() {
        flow::Context bounded = context();
        bounded.deadline = deadline_ = now_.monotonic + 20min;
        return bounded;
    }

    flow::Event perform(const flow::action::Send& action) {
        check_request(action);
        const HttpRequest& request = *action.request;
        check_host(action.stage, request);
        check_repeats(action.stage);
        const unsigned choice = input_.byte() % 24;
        if (choice == 1) {
            const error_code error = some_error(input_);
            is_unclear_ = action.stage == Stage::collect && !flow::nothing_was_sent(error);
            return flow::event::Failed{error};
        }
        head_ = ResponseHead(200);
        echo_ = echo_of(action.stage, request);
        answer(action.stage, choice);
        is_unclear_ =
            action.stage == Stage::collect && head_.status() >= 500 && head_.status() != 503;
        if (action.body == flow::action::Body::streamed) return flow::event::HeadReady{&head_};
        return flow::event::AnswerReady{&head_, body_};
    }
    flow::Event perform(const flow::action::ReadBody&) {
        const std::string_view whole = body_;
        const std::string_view piece = whole.substr(whole.size() - unread_);
        unread_ = 0;
        return flow::event::BodyReady{std::as_bytes(std::span(piece))};
    }
    flow::Event perform(const flow::action::OpenStore&) { return flow::event::StoreOpened{}; }
    flow::Event perform(const flow::action::BeginPart&) { return flow::event::Done{}; }
    flow::Event perform(const flow::action::WriteStore&) { return flow::event::Done{}; }
    flow::Event perform(const flow::action::CommitStore&) { return flow::event::Done{}; }
    flow::Event perform(const flow::action::KeepPart&) { return flow::event::Done{}; }
    flow::Event perform(const flow::action::AbortStore&) { return flow::event::Done{}; }

    void check_host(Stage stage, const HttpRequest& request) const {
        bool has_token = false;
        for (const HeaderField& field : request.fields)
            has_token = has_token || field.value.find(fuzz_token) != std::string_view::npos;
        if (stage == Stage::sign_in)
            return require(request.host == settings_.authority.host() && !has_token,
                           "one signs in at the authority");
        if (stage == Stage::download)
            return require(request.host.ends_with(".securitycenter.windows.com") && !has_token,
                           "a download carries no token");
        require(has_token && is_same_api(settings_.api, request.host, request.port),
                "a token goes to the API only");
    }

    /// The secrets in a request, as a server may repeat them.
    static std::string echo_of(Stage stage, const HttpRequest& request) {
        std::string echo(stage == Stage::sign_in ? std::string_view() : fuzz_token);
        for (const std::string_view secret : own_secrets)
            if (request.body.find(secret) != std::string_view::npos) echo.append(secret);
        return echo;
    }

    /// After a collection whose end is not known the list is looked at first.
    void check_repeats(Stage stage) {
        require(stage != Stage::collect || !is_unclear_, "what may have been done is not repeated");
    }

    void answer(Stage stage, unsigned choice) {
        constexpr std::array statuses{200u, 201u, 204u, 301u, 400u, 401u, 403u, 404u,
                                      409u, 410u, 429u, 500u, 502u, 503u, 504u, 199u};
        body_ = good_body(stage);
        switch (choice) {
        case 2: refuse(statuses[input_.byte() % statuses.size()]); break;
        case 3: body_ = std::string(input_.text(input_.byte())); break;
        case 4: challenge(); break;
        case 5:
            refuse(429);
            head_.add_field("Retry-After", input_.text(input_.byte() % 16));
            break;
        case 6:
            if (!body_.empty())
                body_[input_.number() % body_.size()] = static_cast<char>(input_.byte());
            break;
        case 7: body_.resize(input_.number() % (body_.size() + 1)); break;
        case 8:
            refuse(statuses[input_.byte() % statuses.size()]);
            body_.clear();
            break;
        case 9: head_.add_field("Date", input_.text(input_.byte() % 40)); break;
        case 10: body_ = "\"expired\""; break;
        default: break;
        }
        unread_ = body_.size();
    }

    /// A refusal in the words of the API, or of the token endpoint.
    void refuse(unsigned status) {
        constexpr std::array<std::string_view, 6> codes{
            "InvalidInput", "ActiveRequestAlreadyExists", "TooManyRequests", "ResourceNotFound", "",
            "expired_token"};
        constexpr std::array<std::string_view, 5> errors{"authorization_pending", "slow_down",
                                                         "invalid_client", "expired_token",
                                                         "temporarily_unavailable"};
        head_.set_status(status);
        const unsigned which = input_.byte();
        const std::string words = "no, " + echo_;
        body_ = which % 2 == 0
                    ? wire::encode_service_error(
                          {std::string(codes[which / 2 % codes.size()]), words, words})
                    : wire::encode_token_error(
                          {std::string(errors[which / 2 % errors.size()]), words, words});
    }

    void challenge() {
        head_.set_status(401);
        const std::string claims =
            base64_encode(std::as_bytes(std::span(std::string_view(R"({"access_token":{}})"))),
                          Base64Alphabet::standard);
        head_.add_field("WWW-Authenticate",
                        "Bearer error=\"insufficient_claims\", claims=\"" + claims + '"');
    }

    MachineAction action(unsigned what) const {
        MachineAction made;
        made.id = id_of(what);
        made.type = what / 4 % 8 == 7 ? MachineActionType::live_response
                                      : MachineActionType::collect_investigation_package;
        constexpr std::array statuses{
            MachineActionStatus::succeeded,   MachineActionStatus::pending,
            MachineActionStatus::in_progress, MachineActionStatus::succeeded,
            MachineActionStatus::failed,      MachineActionStatus::time_out,
            MachineActionStatus::cancelled,   MachineActionStatus::unknown};
        made.status = statuses[what / 32 % statuses.size()];
        made.created = now_.utc - 10min;
        made.requestor_comment = what / 4 % 2 == 0 ? "why" : "because";
        return made;
    }

    std::string good_body(Stage stage) {
        constexpr std::string_view base = "https://api.example";
        switch (stage) {
        case Stage::collect: head_.set_status(201); [[fallthrough]];
        case Stage::get_action:
            return wire::Codec<MachineAction>::encode(action(input_.byte()), base);
        case Stage::list_actions: return page();
        case Stage::get_link: return link();
        case Stage::sign_in: return sign_in_body();
        case Stage::download:
            head_.add_field("Content-Type", "application/zip");
            return service::ZipWriter().add("a", "b").finish();
        default: return {};
        }
    }

    std::string page() {
        MachineActionPage page;
        for (unsigned count = input_.byte() % 5; count != 0; --count)
            page.actions.push_back(action(input_.byte()));
        constexpr std::array<std::string_view, 4> links{
            "https://api.security.microsoft.com/api/machineactions?$skip=2",
            "https://attacker.example/a",
            "https://api-eu.securitycenter.microsoft.com/api/machineactions",
            "/api/machineactions"};
        const unsigned next = input_.byte() % 16;
        if (next != 0 && next <= links.size()) page.next_link = std::string(links[next - 1]);
        return wire::Codec<MachineActionPage>::encode(page, "https://api.example");
    }

    std::string link() {
        constexpr std::array<std::string_view, 5> links{
            "https://a.securitycenter.windows.com/p?token=x", "https://attacker.example/p",
            "https://a.securitycenter.windows.com:8443/p", "http://a.securitycenter.windows.com/p",
            "https://a.securitycenter.windows.com/p?sig=x&se=2024-05-01T00%3A00%3A01Z"};
        using Quoting = wire::Codec<PackageUri>::Quoting;
        const unsigned which = input_.byte() % 16;
        return wire::Codec<PackageUri>::encode(links[which < links.size() ? which : 0],
                                               input_.flag() ? Quoting::quoted : Quoting::plain,
                                               "b");
    }

    std::string sign_in_body() {
        if (input_.byte() % 2 == 0) return wire::Codec<wire::TokenSet>::encode("t0ken", "", 3600s);
        return wire::Codec<DeviceAuthorization>::encode(
            {Secret(own_secrets[1]), "ABC", "https://login.example/device", "go there", 900s, 5s});
    }

    ResponseHead head_;
    std::string body_;
    std::string echo_;
    std::size_t unread_ = 0;
    bool is_unclear_ = false;
};

} // namespace

void api_flows(Bytes bytes) {
    constexpr std::array all{&ApiRun::mint,      &ApiRun::collect, &ApiRun::await_many,
                             &ApiRun::await_one, &ApiRun::list,    &ApiRun::sign_in,
                             &ApiRun::fetch};
    Input input(bytes);
    const unsigned choice = input.byte();
    (ApiRun(input).*all[choice % all.size()])();
}

} // namespace mde_fuzz
