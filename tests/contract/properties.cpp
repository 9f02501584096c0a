// SPDX-License-Identifier: BSL-1.0
// What one side writes the other reads, for values drawn at random: the same ones in each run.
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/service/list_query.hpp>
#include <mde/service/request_comment.hpp>
#include <mde/service/request_route.hpp>
#include <mde/wire/fleet_state_codec.hpp>
#include <mde/wire/form.hpp>
#include <mde/wire/form_fields.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/odata.hpp>
#include <mde/wire/package_uri_codec.hpp>
#include <mde/wire/part_journal_codec.hpp>
#include <mde/wire/quota_record_codec.hpp>
#include <mde/wire/receipt_codec.hpp>
#include <mde/wire/route_match.hpp>
#include <mde/wire/stored_token_codec.hpp>
#include <mde/wire/token_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace mde;

namespace {

constexpr int rounds = 300;

/// Values of all kinds. Only whole numbers of the engine are used, which are the same everywhere.
class Dice {
  public:
    std::uint64_t below(std::uint64_t end) { return engine_() % end; }
    bool flip() { return below(2) == 0; }

    /// Printable or not, always UTF-8; quotes and the like more often than by chance.
    std::string text(std::size_t most = 40) {
        constexpr std::array<std::string_view, 16> pieces{"\"",
                                                          "\\",
                                                          "'",
                                                          "%",
                                                          "&",
                                                          "=",
                                                          "+",
                                                          "/",
                                                          "\n",
                                                          "\x01",
                                                          "\x7f",
                                                          " ",
                                                          "\xc3\xa9",
                                                          "\xe2\x82\xac",
                                                          "\xf0\x9f\x98\x80",
                                                          "''"};
        std::string made;
        while (below(12) != 0 && made.size() + 4 <= most)
            if (flip())
                made.append(pieces[below(pieces.size())]);
            else
                made.push_back(static_cast<char>('0' + below(75)));
        return made;
    }
    std::optional<std::string> maybe_text() {
        return flip() ? std::optional(text()) : std::nullopt;
    }
    std::string from(std::string_view alphabet, std::size_t size) {
        std::string made;
        while (made.size() < size) made.push_back(alphabet[below(alphabet.size())]);
        return made;
    }
    std::string hex(std::size_t size) { return from("0123456789abcdef", size); }
    /// From year 2 to 9999.
    UtcTime date() {
        constexpr auto first = std::chrono::sys_days(std::chrono::year(2) / 1 / 1);
        constexpr auto end = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);
        const auto days =
            std::chrono::days(below(static_cast<std::uint64_t>((end - first).count())));
        return UtcTime(first + days) + Ticks(below(864'000'000'000));
    }
    std::optional<UtcTime> maybe_date() { return flip() ? std::optional(date()) : std::nullopt; }

    /// As documented, or not.
    template <class Id>
    Id id(std::size_t documented) {
        for (;;) {
            const auto made =
                flip() ? Id::parse(hex(documented)) : Id::undocumented(text(bounds::identifier));
            if (made) return *made;
        }
    }
    MachineActionId guid() {
        return *MachineActionId::parse(hex(8) + '-' + hex(4) + '-' + hex(4) + '-' + hex(4) + '-' +
                                       hex(12));
    }

  private:
    std::mt19937_64 engine_{20240501};
};

/// Runs `check` with dice, again and again.
template <class Check>
void many_times(Check check) {
    Dice dice;
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        check(dice);
    }
}

template <class Id>
void names(std::string_view segment, const Id& id) {
    CHECK(wire::percent_decoded(segment, wire::PlusSign::is_plus) == std::string(id.text()));
}

template <class T>
result<T> read_as(const std::string& body) {
    wire::Answer answer;
    answer.body = body;
    return wire::Codec<T>::decode(answer);
}

} // namespace

TEST_CASE("a request for an action leads to that action whatever its id is") {
    many_times([](Dice& dice) {
        const auto id = dice.id<MachineActionId>(40);
        const auto check = [&](const auto& request) {
            const auto target = std::string(request.target().view());
            const auto route =
                service::route_request(name_of(std::decay_t<decltype(request)>::method), target);
            CHECK(route.stage == std::decay_t<decltype(request)>::stage);
            names(route.segment, id);
        };
        check(GetPackageUri{id});
        check(GetMachineAction{id});
        check(CancelMachineAction{id, "why"});
        const GetLiveResponseResultLink result{id, static_cast<unsigned>(dice.below(1'000'000))};
        check(result);
        const auto target = std::string(result.target().view());
        const auto match = wire::match_numbered_route(GetLiveResponseResultLink::route, target);
        REQUIRE(match);
        CHECK(match->number == result.index);
    });
}

TEST_CASE("a comment reaches the service as it was given") {
    many_times([](Dice& dice) {
        const CollectInvestigationPackage request{dice.id<MachineId>(40), dice.text(200)};
        const auto target = std::string(request.target().view());
        const auto route = service::route_request("POST", target);
        CHECK(route.stage == Stage::collect);
        names(route.segment, request.machine);
        const HeaderField type{"Content-Type", "application/json"};
        const std::string body = request.body();
        IncomingRequest incoming;
        incoming.fields = {&type, 1};
        incoming.body = body;
        const auto comment = service::read_comment(incoming);
        CHECK(comment.text == request.comment);
        CHECK((comment.form == service::CommentForm::given) == !request.check());
    });
}

TEST_CASE("a list is filtered by what was asked for") {
    many_times([](Dice& dice) {
        ListMachineActions request;
        if (dice.flip()) request.machine = dice.id<MachineId>(40);
        if (dice.flip()) request.type = static_cast<MachineActionType>(1 + dice.below(9));
        if (dice.flip()) request.status = static_cast<MachineActionStatus>(1 + dice.below(6));
        request.created_since = dice.maybe_date();
        request.top = static_cast<unsigned>(dice.below(10'001));
        request.skip = static_cast<unsigned>(dice.below(1'000));
        const auto query = service::ListQuery::parse(request.target().view());
        REQUIRE(query);
        CHECK(query->top == (request.top == 0 ? service::ListQuery::no_top : request.top));
        CHECK(query->skip == request.skip);
        MachineAction action;
        if (request.machine) action.machine_id = std::string(request.machine->text());
        action.type = request.type.value_or(MachineActionType::isolate);
        action.status = request.status.value_or(MachineActionStatus::failed);
        action.created = request.created_since;
        CHECK(query->filter.matches(action));
        if (request.machine) {
            MachineAction other = action;
            other.machine_id->push_back('x');
            CHECK_FALSE(query->filter.matches(other));
        }
        if (request.created_since) {
            MachineAction older = action;
            older.created = *request.created_since - Ticks(1);
            CHECK_FALSE(query->filter.matches(older));
        }
    });
}

TEST_CASE("an action reaches the client as the service has it") {
    many_times([](Dice& dice) {
        MachineAction action;
        action.id = dice.id<MachineActionId>(40);
        action.type = static_cast<MachineActionType>(1 + dice.below(9));
        action.status = static_cast<MachineActionStatus>(1 + dice.below(6));
        action.title = dice.maybe_text();
        action.requestor = dice.maybe_text();
        action.requestor_comment = dice.maybe_text();
        action.machine_id = dice.maybe_text();
        action.external_id = dice.maybe_text();
        action.created = dice.maybe_date();
        action.last_updated = dice.maybe_date();
        action.cancelled_at = dice.maybe_date();
        if (dice.flip()) action.error_hresult = static_cast<std::int64_t>(dice.below(~0ull >> 1));
        for (std::uint64_t count = dice.below(3); count != 0; --count) {
            LiveResponseCommand command;
            command.index = static_cast<std::int64_t>(dice.below(100));
            command.start_time = dice.maybe_date();
            command.command_status = dice.text();
            command.errors = {dice.text(), dice.text()};
            command.type = dice.text();
            command.parameters = {{dice.text(), dice.text()}};
            action.commands.push_back(std::move(command));
        }
        const std::string base = "https://api.example";
        const auto read = read_as<MachineAction>(wire::Codec<MachineAction>::encode(action, base));
        REQUIRE(read);
        CHECK(*read == action);
    });
}

TEST_CASE("a refusal and a token reach the client as they were given") {
    many_times([](Dice& dice) {
        const wire::ServiceError error{dice.text(), dice.text(200), dice.text()};
        CHECK(wire::decode_service_error(wire::encode_service_error(error)) == error);
        const wire::TokenError refusal{dice.text(), dice.text(), dice.text(),
                                       static_cast<std::int64_t>(dice.below(10'000'000))};
        CHECK(wire::decode_token_error(wire::encode_token_error(refusal)) == refusal);
        const std::string token = dice.from("abcXYZ019-._~+/", 1 + dice.below(2000));
        const std::chrono::seconds life(1 + dice.below(100'000));
        const auto tokens =
            read_as<wire::TokenSet>(wire::Codec<wire::TokenSet>::encode(token, "", life));
        REQUIRE(tokens);
        CHECK(tokens->access.secret().expose() == token);
        CHECK(tokens->access.expires_at() == MonotonicTime(life));
    });
}

TEST_CASE("a link reaches the wire byte for byte in either form of its answer") {
    using Codec = wire::Codec<PackageUri>;
    many_times([](Dice& dice) {
        std::string url = "https://" + dice.from("abc-019", 1 + dice.below(20)) + ".example";
        if (dice.flip()) url += ':' + std::to_string(1 + dice.below(65'535));
        url += '/' + dice.from("abcXYZ019-._~!$&'()*+,;=:@/?", dice.below(300));
        for (std::uint64_t count = dice.below(5); count != 0; --count)
            url += '%' + dice.from("0123456789abcdefABCDEF", 2);
        for (const auto quoting : {Codec::Quoting::plain, Codec::Quoting::quoted}) {
            auto uri = read_as<PackageUri>(Codec::encode(url, quoting, "https://api.example"));
            REQUIRE(uri);
            const auto link = std::move(*uri).redeem(MonotonicTime());
            REQUIRE(link);
            CHECK(link->expose_url() == url);
        }
    });
}

TEST_CASE("a form reaches the token endpoint as it was filled in") {
    many_times([](Dice& dice) {
        std::map<std::string, std::string, std::less<>> fields;
        for (std::uint64_t count = dice.below(6); count != 0; --count)
            fields[dice.text() + std::to_string(count)] = dice.text(100);
        Secret form;
        for (const auto& [name, value] : fields) wire::append_form_field(form, name, value);
        CHECK(wire::parse_form(form.expose()) == fields);
    });
}

TEST_CASE("dates are read as they were written to the tick") {
    many_times([](Dice& dice) {
        const UtcTime date = dice.date();
        CHECK(*wire::parse_date(wire::format_date(date).view()) == date);
        const auto second = std::chrono::floor<std::chrono::seconds>(date);
        CHECK(*wire::parse_http_date(wire::format_http_date(date).view()) == UtcTime(second));
    });
}

TEST_CASE("receipts and the states of jobs outlive their process") {
    many_times([](Dice& dice) {
        Receipt receipt{dice.text(),
                        dice.text(),
                        dice.text(),
                        dice.text(),
                        dice.text(),
                        dice.text(),
                        dice.maybe_date(),
                        dice.maybe_date(),
                        dice.date(),
                        dice.date(),
                        dice.date(),
                        dice.text(),
                        dice.below(~0ull >> 1),
                        *Sha256Digest::from_hex(dice.hex(64)),
                        dice.text(),
                        dice.text(),
                        {dice.text(), dice.text()},
                        dice.text(),
                        dice.text(),
                        std::nullopt,
                        dice.maybe_date()};
        if (dice.flip()) receipt.index = dice.below(1000);
        const auto read = wire::decode_receipt(wire::encode_receipt(receipt));
        REQUIRE(read);
        CHECK(*read == receipt);

        FleetState state{*TenantId::parse("11111111-2222-4333-8444-555555555555"), dice.text(), {}};
        for (std::uint64_t count = dice.below(5); count != 0; --count) {
            FleetJob job{*MachineId::parse(dice.hex(40)), static_cast<JobPhase>(dice.below(6))};
            job.action = dice.guid();
            job.created = dice.maybe_date();
            job.asked = dice.maybe_date();
            job.failures = static_cast<unsigned>(dice.below(100));
            if (dice.flip()) job.error = make_error_code(static_cast<errc>(1 + dice.below(50)));
            job.message = dice.text();
            state.jobs.push_back(std::move(job));
        }
        const auto went_on = wire::decode_fleet_state(wire::encode_fleet_state(state));
        REQUIRE(went_on);
        CHECK(*went_on == state);
    });
}

TEST_CASE("journals and quotas and tokens on disk are read as they were written") {
    many_times([](Dice& dice) {
        const std::uint64_t total = 1 + dice.below(1ull << 40);
        const wire::PartJournal journal{dice.text(), total, dice.text(), dice.hex(36),
                                        dice.below(~0ull >> 1)};
        const std::uint64_t stored = dice.below(total + 1);
        const wire::PartMarks marks{stored, dice.below(stored + 1)};
        const auto found =
            wire::decode_part_journal(wire::encode_part_journal(journal) +
                                      std::string(wire::encode_part_marks(marks).view()));
        REQUIRE(found);
        CHECK(found->first == journal);
        CHECK(found->second == marks);

        const auto moment = [&] {
            return Now{MonotonicTime(Duration(dice.below(~0ull >> 1))),
                       UtcTime(Ticks(dice.below(~0ull >> 1)))};
        };
        wire::QuotaRecord record{dice.hex(36), moment(), {}};
        for (std::uint64_t count = dice.below(6); count != 0; --count)
            record.calls.push_back(moment());
        CHECK(wire::decode_quota_record(wire::encode_quota_record(record)) == record);

        StoredToken token{Secret(dice.from("abc019-._~+/", 1 + dice.below(50))), dice.date(),
                          dice.date(), Secret(dice.from("abc 019\"\\%", dice.below(50)))};
        const auto read = wire::decode_stored_token(wire::encode_stored_token(token).expose());
        REQUIRE(read);
        CHECK(read->access_token.expose() == token.access_token.expose());
        CHECK(read->refresh_token.expose() == token.refresh_token.expose());
        CHECK(read->obtained_at == token.obtained_at);
        CHECK(read->expires_at == token.expires_at);
    });
}
