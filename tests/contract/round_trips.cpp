// SPDX-License-Identifier: BSL-1.0
// Both sides of the protocol are the same codecs: what one writes, the other reads, whole.
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/service/assertion.hpp>
#include <mde/service/list_query.hpp>
#include <mde/service/request_comment.hpp>
#include <mde/wire/client_assertion.hpp>
#include <mde/wire/device_code_codec.hpp>
#include <mde/wire/export_files_codec.hpp>
#include <mde/wire/fleet_state_codec.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/odata.hpp>
#include <mde/wire/package_uri_codec.hpp>
#include <mde/wire/receipt_codec.hpp>
#include <mde/wire/route_match.hpp>
#include <mde/wire/stored_token_codec.hpp>
#include <mde/wire/token_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace mde;
using namespace mde::literals;
using namespace std::chrono_literals;

namespace {

template <class T>
result<T> read_back(const std::string& body) {
    wire::Answer answer;
    answer.body = body;
    return wire::Codec<T>::decode(answer);
}

const UtcTime moment{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + 1s};

MachineAction whole_action() {
    MachineAction action;
    action.id = "11111111-2222-4333-8444-555555555555"_machine_action;
    action.type = MachineActionType::live_response;
    action.status = MachineActionStatus::cancelled;
    action.title = "title";
    action.scope = "Full";
    action.requestor = "a@b";
    action.requestor_comment = "line\n\"quoted\" \xc3\xa9";
    action.machine_id = "00112233445566778899aabbccddeeff00112233";
    action.computer_dns_name = "ws-1";
    action.created = moment;
    action.last_updated = moment + Ticks(9);
    action.cancellation_requestor = "c";
    action.cancellation_comment = "";
    action.cancelled_at = moment + Ticks(1);
    action.external_id = "e";
    action.request_source = "PublicApi";
    action.related_file = RelatedFileInfo{"abc", "Sha1"};
    action.commands = {{1, moment, std::nullopt, "Failed", {"x"}, "GetFile", {{"Path", "p"}}}};
    action.error_hresult = -2147024891;
    return action;
}

std::string link_in(result<PackageUri> uri) {
    return std::string(std::move(*uri).redeem(MonotonicTime())->expose_url());
}

const std::vector<std::string> some_links{"https://h:443/p?token=a%2fb",
                                          "https://h/p?se=2999-01-01T00%3A00%3A00Z&sig=a/b%3D"};

} // namespace

TEST_CASE("an action of every type and status survives the wire") {
    for (const auto& type : wire::machine_action_types.rows) {
        for (const auto& status : wire::machine_action_statuses.rows) {
            MachineAction action = whole_action();
            action.type = type.value;
            action.status = status.value;
            const auto back =
                read_back<MachineAction>(wire::Codec<MachineAction>::encode(action, "https://h"));
            REQUIRE(back);
            CHECK(*back == action);
        }
    }
}

TEST_CASE("an action with nothing but its id survives the wire") {
    MachineAction action;
    action.id = "11111111-2222-4333-8444-555555555555"_machine_action;
    action.type = OpenEnum<MachineActionType>::unknown("Dance");
    action.status = OpenEnum<MachineActionStatus>::unknown("Resting");
    const auto back = read_back<MachineAction>(wire::Codec<MachineAction>::encode(action, ""));
    REQUIRE(back);
    CHECK(*back == action);
}

TEST_CASE("a list of actions survives the wire with and without a next page") {
    for (const auto& next :
         {std::optional<std::string>(), std::optional<std::string>("https://h/n")}) {
        const MachineActionPage page{{whole_action(), whole_action()}, next};
        const auto back =
            read_back<MachineActionPage>(wire::Codec<MachineActionPage>::encode(page, "https://h"));
        REQUIRE(back);
        CHECK(*back == page);
    }
}

TEST_CASE("a link survives the wire in both quotings byte for byte") {
    using Links = wire::Codec<PackageUri>;
    for (const std::string& link : some_links)
        for (const auto quoting : {Links::Quoting::plain, Links::Quoting::quoted})
            CHECK(link_in(read_back<PackageUri>(Links::encode(link, quoting, "https://h"))) ==
                  link);
}

TEST_CASE("an export survives the wire with and without its time") {
    for (const auto& generated : {std::optional<UtcTime>(), std::optional<UtcTime>(moment)}) {
        auto back = read_back<ExportFiles>(
            wire::Codec<ExportFiles>::encode(some_links, generated, "https://h"));
        REQUIRE(back);
        CHECK(back->generated == generated);
        REQUIRE(back->files.size() == some_links.size());
        for (std::size_t i = 0; i < some_links.size(); ++i)
            CHECK(link_in(std::move(back->files[i])) == some_links[i]);
    }
}

TEST_CASE("an error survives the wire") {
    for (const wire::ServiceError& error :
         {wire::ServiceError{"429", "m \"q\" \n", "|76dce355-471ae6d819782413."},
          wire::ServiceError{}})
        CHECK(wire::decode_service_error(wire::encode_service_error(error)) == error);
}

TEST_CASE("a token and a refusal of one survive the wire") {
    const auto token = read_back<AccessToken>(wire::Codec<AccessToken>::encode("a.b.c", 3599s));
    REQUIRE(token);
    CHECK(token->secret().expose() == "a.b.c");
    const wire::TokenError error{"invalid_client", "AADSTS7000215: no", "trace"};
    CHECK(wire::decode_token_error(wire::encode_token_error(error)) == error);
}

TEST_CASE("a set of tokens survives the wire with and without a refresh token") {
    for (const std::string refresh : {"", "0.A \"b\" ~!"}) {
        const auto back =
            read_back<wire::TokenSet>(wire::Codec<wire::TokenSet>::encode("a.b.c", refresh, 3599s));
        REQUIRE(back.has_value());
        CHECK(back->access.secret().expose() == "a.b.c");
        CHECK(back->access.expires_at() == MonotonicTime() + 3599s);
        CHECK(back->refresh.expose() == refresh);
    }
}

TEST_CASE("a device code survives the wire") {
    const DeviceAuthorization code{
        Secret("d \"e\" ~"),    "FX7RSK2VH", "https://login.example/device",
        "Enter \"FX7RSK2VH\".", 900s,        7s};
    const auto back =
        read_back<DeviceAuthorization>(wire::Codec<DeviceAuthorization>::encode(code));
    REQUIRE(back.has_value());
    CHECK(back->device_code.expose() == code.device_code.expose());
    CHECK(back->user_code == code.user_code);
    CHECK(back->verification_uri == code.verification_uri);
    CHECK(back->message == code.message);
    CHECK(back->expires_in == code.expires_in);
    CHECK(back->interval == code.interval);
}

TEST_CASE("a stored token survives its file") {
    const StoredToken token{Secret("a.b"), moment, moment + Ticks(1), Secret("r \"s\"")};
    const auto back = wire::decode_stored_token(wire::encode_stored_token(token).expose());
    REQUIRE(back.has_value());
    CHECK(back->access_token.expose() == token.access_token.expose());
    CHECK(back->refresh_token.expose() == token.refresh_token.expose());
    CHECK(back->obtained_at == token.obtained_at);
    CHECK(back->expires_at == token.expires_at);
}

TEST_CASE("the state of a fleet survives its file in every phase") {
    FleetState fleet = FleetState::of("contoso.example"_tenant, "line\n\"quoted\"",
                                      {"00112233445566778899aabbccddeeff00112233"_machine});
    for (std::size_t phase = 0; phase < job_phase_names.size(); ++phase) {
        FleetJob& job = fleet.jobs.front();
        job.phase = static_cast<JobPhase>(phase);
        job.action = "11111111-2222-4333-8444-555555555555"_machine_action;
        job.asked = job.created = moment + Ticks(3);
        job.failures = 2;
        job.message = "words";
        CHECK(*wire::decode_fleet_state(wire::encode_fleet_state(fleet)) == fleet);
    }
}

TEST_CASE("an assertion of the client is what the service side takes apart") {
    const wire::ClientAssertion written{wire::SigningAlgorithm::ps256,
                                        "dGh1bWI",
                                        "https://login.example/t/oauth2/v2.0/token",
                                        "app\"1",
                                        "11111111-2222-4333-8444-555555555555",
                                        moment};
    const std::string text = wire::signing_input(written) + '.' + wire::jwt_part("signed");
    const auto read = service::read_assertion(text);
    REQUIRE(read);
    CHECK(read->algorithm == "PS256");
    CHECK(read->thumbprint == written.thumbprint);
    CHECK(read->issuer == written.client_id);
    CHECK(read->subject == written.client_id);
    CHECK(read->is_for(written.audience));
    CHECK(read->id == written.id);
    CHECK(read->expires - read->not_before == written.life.count());
    CHECK(read->signature == "signed");
}

TEST_CASE("a comment survives the wire whatever it holds") {
    for (const std::string text : {"why", "line\n\"quoted\" \\ \xc3\xa9", "{}"}) {
        const std::string body = comment_body(text);
        const std::vector<HeaderField> fields{{"Content-Type", "application/json"}};
        const auto read = service::read_comment({"POST", "/", "h", fields, body});
        CHECK(read.form == service::CommentForm::given);
        CHECK(read.text == text);
    }
}

TEST_CASE("what a list call asks for is what the service side looks for") {
    const ListMachineActions asked{.machine = "00112233445566778899aabbccddeeff00112233"_machine,
                                   .type = MachineActionType::live_response,
                                   .status = MachineActionStatus::cancelled,
                                   .created_since = moment,
                                   .top = 7,
                                   .skip = 9};
    const auto target = asked.target();
    const auto query = service::ListQuery::parse(target);
    REQUIRE(query);
    CHECK(query->top == 7);
    CHECK(query->skip == 9);
    CHECK(query->filter.matches(whole_action()));
    const auto is_left_out = [&](auto change) {
        MachineAction other = whole_action();
        change(other);
        return !query->filter.matches(other);
    };
    CHECK(is_left_out([](MachineAction& action) { action.machine_id = "another"; }));
    CHECK(is_left_out([](MachineAction& action) { action.type = MachineActionType::isolate; }));
    CHECK(is_left_out([](MachineAction& action) { action.status = MachineActionStatus::failed; }));
    CHECK(is_left_out([](MachineAction& action) { action.created = moment - Ticks(1); }));
}

TEST_CASE("a receipt survives being written with and without what exports add") {
    Receipt receipt;
    receipt.tenant = "contoso.example";
    receipt.length = 7;
    receipt.sha256.bytes[31] = std::byte{1};
    receipt.stored = moment;
    receipt.content = "InvestigationPackage";
    CHECK(*wire::decode_receipt(wire::encode_receipt(receipt)) == receipt);
    receipt.content = "SoftwareInventoryExport";
    receipt.index = 3;
    receipt.generated = moment;
    CHECK(*wire::decode_receipt(wire::encode_receipt(receipt)) == receipt);
}

TEST_CASE("what the client asks for is what the service side matches") {
    const auto id = "11111111-2222-4333-8444-555555555555"_machine_action;
    CHECK(wire::match_route(GetPackageUri::route, GetPackageUri{id}.target()) == id.text());
    CHECK(wire::match_route(GetMachineAction::route, GetMachineAction{id}.target()) == id.text());
    CHECK(wire::match_route(CancelMachineAction::route, CancelMachineAction{id, ""}.target()) ==
          id.text());
    CHECK(wire::match_route(
              CollectInvestigationPackage::route,
              CollectInvestigationPackage{"00112233445566778899aabbccddeeff00112233"_machine, ""}
                  .target()) == "00112233445566778899aabbccddeeff00112233");
    CHECK(wire::match_route(ListMachineActions::route, ListMachineActions{}.target()) == "");
    CHECK(wire::match_numbered_route(GetLiveResponseResultLink::route,
                                     GetLiveResponseResultLink{id, 7}.target()) ==
          wire::NumberedMatch{id.text(), 7});
    for (const ExportPage& page : export_pages)
        CHECK(wire::match_route(page.route, page.route) == "");
}
