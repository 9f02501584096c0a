// SPDX-License-Identifier: BSL-1.0
// The commands about actions.

#include "cli/server.hpp"

#include <mde/wire/json.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <string>

using namespace mde_test;

namespace {

const Words collect{"collect", "--machine-id", std::string(machine), "--comment", "case \"4711\""};

mde::wire::json::object json_of(const std::string& text) {
    const auto document = mde::wire::parse_json_object(text);
    REQUIRE(document);
    return *document;
}

std::string member(const mde::wire::json::object& object, std::string_view name) {
    return mde::wire::Members(object).string(name).value_or("");
}

} // namespace

TEST_CASE("a collection is begun and watched and listed") {
    const Server server;
    const Run begun = run(collect + server.access() + Words{"--json"}, with_secret());
    REQUIRE(begun.status == 0);
    const auto action = json_of(begun.out);
    CHECK(member(action, "status") == "Pending");
    CHECK(member(action, "requestorComment") == "case \"4711\"");
    const std::string id = member(action, "id");

    const Run waited =
        run(Words{"wait", "--action-id", id, "--json"} + server.access(), with_secret());
    CHECK(waited.status == 0);
    CHECK(member(json_of(waited.out), "status") == "Succeeded");

    const Run status = run(Words{"status", "--action-id", id} + server.access(), with_secret());
    CHECK(status.status == 0);
    CHECK(status.out.starts_with(id + "  Succeeded  CollectInvestigationPackage  machine="));

    const Run listed =
        run(Words{"list", "--machine-id", std::string(machine), "--top", "1", "--json"} +
                server.access(),
            with_secret());
    CHECK(listed.status == 0);
    const auto page = json_of(listed.out);
    REQUIRE(page.at("value").as_array().size() == 1);
    CHECK(member(page.at("value").as_array()[0].as_object(), "id") == id);

    const Run failed = run(Words{"list", "--status", "Failed"} + server.access(), with_secret());
    CHECK(failed.status == 0);
    CHECK(failed.out == "");
}

TEST_CASE("collect with --wait ends with the finished action") {
    const Server server;
    const Run waited = run(collect + server.access() + Words{"--wait"}, with_secret());
    CHECK(waited.status == 0);
    CHECK(has(waited.out, "  Succeeded  "));
}

TEST_CASE("collect with --fetch is the whole job") {
    const Server server;
    const TemporaryDirectory directory;
    const Run fetched =
        run(collect + server.access() + Words{"--fetch", "--out", directory.path(), "--json"},
            with_secret());
    REQUIRE(fetched.status == 0);
    const auto receipt = mde::wire::decode_receipt(fetched.out);
    REQUIRE(receipt);
    CHECK(receipt->machine == machine);
    CHECK(receipt->comment == "case \"4711\"");
    CHECK(names_in(directory.path()) ==
          Names{receipt->action + ".receipt.json", receipt->action + ".zip"});
}

TEST_CASE("a second collection on the same machine is told from other failures") {
    const Server server({"--collect-seconds", "3600"});
    REQUIRE(run(collect + server.access(), with_secret()).status == 0);
    const Run second = run(collect + server.access(), with_secret());
    CHECK(second.status == 14);
    CHECK(has(one_line(second), "already runs [code=ActiveRequestAlreadyExists"));
}

TEST_CASE("an action is cancelled and its wait says so") {
    const Server server({"--collect-seconds", "3600"});
    const Run begun = run(collect + server.access(), with_secret());
    REQUIRE(begun.status == 0);
    const std::string id = begun.out.substr(0, 36);
    const Run cancelled =
        run(Words{"cancel", "--action-id", id, "--comment", "no more"} + server.access(),
            with_secret());
    CHECK(cancelled.status == 0);
    CHECK(has(cancelled.out, "  Cancelled  "));
    const Run waited = run(Words{"wait", "--action-id", id} + server.access(), with_secret());
    CHECK(waited.status == 11);
    CHECK(has(one_line(waited), "the collection was cancelled"));
}
