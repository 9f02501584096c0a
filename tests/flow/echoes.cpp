// SPDX-License-Identifier: BSL-1.0
// A server that sends back what it was sent: neither the diagnostics nor the receipt hold a secret.
#include <mde/flow/fetch_package.hpp>
#include <mde/flow/sign_in.hpp>
#include <mde/request/client_secret.hpp>

#include "support/scripted_world.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

constexpr std::string_view id_fields[] = {"mise-correlation-id", "x-ms-request-id", "request-id",
                                          "x-ms-correlation-request-id"};

/// As it is, in the middle of words, and with what a word drops in between.
std::vector<std::string> echoes_of(const std::string& secret) {
    return {secret, "you sent " + secret + "!", secret.substr(0, 9) + "\x01" + secret.substr(9),
            secret.substr(0, 9) + "\xc2\xa0\x1b" + secret.substr(9)};
}

void check_hides(const Diagnostics& shown, const std::string& secret) {
    for (const std::string* text :
         {&shown.code, &shown.message, &shown.target, &shown.request_id}) {
        CAPTURE(*text);
        CHECK(text->find(secret) == std::string::npos);
        CHECK(ascii::all(*text, ascii::is_printable));
    }
}

service::Fault answer_with(Stage stage, unsigned status, std::string body) {
    service::Fault fault;
    fault.stage = stage;
    fault.count = 0;
    fault.status = status;
    fault.body = std::move(body);
    return fault;
}

std::string as_json_text(std::string_view text) {
    return boost::json::serialize(boost::json::string(text));
}

} // namespace

TEST_CASE("a token that the API sends back is not shown") {
    World example;
    const std::string token = example.tokens.current;
    for (const std::string& echo : echoes_of(token)) {
        for (const std::string_view field : id_fields)
            for (const unsigned status : {200u, 400u, 403u}) {
                World world;
                const std::string word = as_json_text(echo);
                service::Fault fault =
                    answer_with(Stage::get_action, status,
                                R"({"error":{"code":)" + word + R"(,"message":)" + word +
                                    R"(,"target":)" + word + "}}");
                fault.fields = {{std::string(field), echo}};
                world.emulator.add(fault);
                CHECK_FALSE(world.run<flow::FetchPackage<SumHasher>>(world.finished_action()));
                check_hides(world.diagnostics, world.tokens.current);
                CHECK(world.tokens.current == token);
            }
    }
}

TEST_CASE("a link that its host sends back as an id is neither shown nor in the receipt") {
    for (const std::string_view field : id_fields) {
        World world;
        const MachineActionId id = world.finished_action();
        const std::string link = world.emulator.make_link(id, world.clock.now());
        const std::string query = link.substr(link.find('?'));
        const std::string token = query.substr(query.find('=') + 1, 100);
        world.emulator.add(
            answer_with(Stage::get_link, 200, R"({"value":)" + as_json_text(link) + "}"));
        service::Fault fault;
        fault.stage = Stage::download;
        fault.count = 0;
        // What is cut off behind is still most of it.
        fault.fields = {{std::string(field), query.substr(1)}};
        world.emulator.add(fault);
        const auto receipt = world.run<flow::FetchPackage<SumHasher>>(id);
        REQUIRE(receipt);
        check_hides(world.diagnostics, token);
        for (const std::string& one : receipt->request_ids)
            CHECK(one.find(token) == std::string::npos);
    }
}

TEST_CASE("a client secret that the endpoint sends back is not shown however it is spelt") {
    const std::string secret = "s3cr3t~+/= value";
    std::string spelt;
    wire::append_percent_encoded(spelt, secret);
    for (const std::string& sent : {secret, spelt})
        for (const std::string& echo : echoes_of(sent))
            for (const std::string_view field : id_fields) {
                ScriptedWorld world;
                const std::string word = as_json_text(echo);
                world.transport.answer(400,
                                       R"({"error":)" + word + R"(,"error_description":)" + word +
                                           R"(,"trace_id":)" + word + "}",
                                       {{std::string(field), echo}});
                flow::SignInRequest request;
                request.chain = {client_secret(Secret(secret))};
                CHECK_FALSE(world.run<flow::SignIn>(std::move(request)));
                check_hides(world.diagnostics, sent);
            }
}

TEST_CASE("a token with a line break in it reaches nobody") {
    for (const char* token :
         {"abc\r\nX-Injected: 1", "abc\nX: 1", "abc\r", "a\x01", "a\x7f", "\xc3\xa9"}) {
        World world;
        const MachineActionId id = world.finished_action();
        world.tokens.current = world.tokens.renewed = token;
        CHECK(world.run<flow::FetchPackage<SumHasher>>(id).error() == errc::unsafe_request);
        for (const Stage stage :
             {Stage::get_action, Stage::get_link, Stage::download, Stage::other})
            CHECK(world.calls(stage) == 0);
    }
}
