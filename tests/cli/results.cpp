// SPDX-License-Identifier: BSL-1.0
// Long lists, collections that run already, and what has links that say when they end.

#include "cli/server.hpp"

#include <mde/wire/json.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <algorithm>
#include <string>

using namespace mde_test;

namespace {

const std::string live_response = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

Words numbered_actions(char count) {
    Words options;
    for (char n = '1'; n <= count; ++n)
        options = options + Words{"--with-action",
                                  std::string("0000000") + n + "-aaaa-4bbb-8ccc-222222222222"};
    return options;
}

const Words collect_one{"collect", "--machine-id", std::string(machine), "--comment", "c"};

} // namespace

TEST_CASE("a list is read over all its pages") {
    const Server server(numbered_actions('6') + Words{"--page-size", "2"});
    const Run all = run(Words{"list"} + server.access(), with_secret());
    CHECK(all.status == 0);
    CHECK(std::count(all.out.begin(), all.out.end(), '\n') == 7);
    CHECK(server.log.count("list-actions", 200) == 4);
    const Run some = run(Words{"list", "--top", "3", "--json"} + server.access(), with_secret());
    CHECK(some.status == 0);
    const auto page = mde::wire::parse_json_object(some.out);
    REQUIRE(page);
    CHECK(page->at("value").as_array().size() == 3);
}

TEST_CASE("a running collection is gone on with where that is wanted") {
    const Server server({"--collect-seconds", "3600"});
    const Run first = run(collect_one + server.access(), with_secret());
    REQUIRE(first.status == 0);
    const Run refused = run(collect_one + server.access(), with_secret());
    CHECK(refused.status == 14);
    CHECK(has(one_line(refused), "it is action " + first.out.substr(0, 36)));
    const Run adopted = run(collect_one + server.access() + Words{"--adopt"}, with_secret());
    CHECK(adopted.status == 0);
    CHECK(adopted.out.substr(0, 36) == first.out.substr(0, 36));
    CHECK(server.log.count("collect", 201) == 1);
}

TEST_CASE("a collection whose answer got lost is found again") {
    const Server server({"--fault", "collect:1:drop"});
    const Run begun = run(collect_one + server.access(), with_secret());
    CHECK(begun.status == 0);
    CHECK(has(begun.out, "  CollectInvestigationPackage  "));
    CHECK(server.log.count("collect") == 1);
    CHECK(server.log.lines()[1].rest == "dropped");
}

TEST_CASE("the result of a live response is stored") {
    const Server server({"--with-live-response", live_response});
    const TemporaryDirectory directory;
    const Words fetch =
        Words{"live-response", "--action-id", live_response, "--out", directory.path()} +
        server.access();
    const Run fetched = run(fetch + Words{"--index", "0", "--json"}, with_secret());
    REQUIRE(fetched.status == 0);
    const auto receipt = mde::wire::decode_receipt(fetched.out);
    REQUIRE(receipt);
    CHECK(receipt->content == "LiveResponseResult");
    const std::string name = live_response + "%-result-0";
    CHECK(names_in(directory.path()) == Names{name + ".bin", name + ".receipt.json"});
    CHECK(contents_of(directory.file(name + ".bin")) == "the result of a command\n");

    CHECK(run(fetch + Words{"--index", "0"}, with_secret()).status == 15);
    const Run missing = run(fetch + Words{"--index", "7"}, with_secret());
    CHECK(missing.status == 5);
    one_line(missing);
}

TEST_CASE("the files of an export are stored once") {
    const Server server;
    const TemporaryDirectory directory;
    const Words fetch =
        Words{"export", "certificateAssessmentExport", "--out", directory.path()} + server.access();
    const Run fetched = run(fetch + Words{"--sas-valid-hours", "24"}, with_secret());
    REQUIRE(fetched.status == 0);
    CHECK(std::count(fetched.out.begin(), fetched.out.end(), '\n') == 2);
    const std::string path = fetched.out.substr(7, fetched.out.find(": ") - 7);
    CHECK(!contents_of(path).empty());
    CHECK(names_in(directory.path()).size() == 4);
    const Run again = run(fetch, with_secret());
    CHECK(again.status == 0);
    CHECK(again.out == "");
    CHECK(server.log.count("download") == 2);
}

TEST_CASE("exports that make no sense are usage errors") {
    const TemporaryDirectory directory;
    const Words who{"--tenant-id", "a.example", "--client-id", "b", "--out", directory.file("x")};
    for (const auto& [words, expected] :
         {std::pair(Words{"export", "EverythingExport"}, "KIND: is no kind of export"),
          std::pair(Words{"export", "SoftwareInventoryExport", "--sas-valid-hours", "7"},
                    "--sas-valid-hours: must be from 1 to 6"),
          std::pair(Words{"export", "HardwareFirmwareInventoryExport", "--sas-valid-hours", "1"},
                    "--sas-valid-hours: is not known"),
          std::pair(Words{"export"}, "KIND")}) {
        const Run refused = run(words + who, with_secret());
        CHECK(refused.status == 2);
        INFO(refused.error);
        CHECK(has(one_line(refused), expected));
    }
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("an export without its permission is refused") {
    const Server server({"--drop-permission", "Software.Read.All"});
    const TemporaryDirectory directory;
    const Run refused =
        run(Words{"export", "SoftwareInventoryExport", "--out", directory.path()} + server.access(),
            with_secret());
    CHECK(refused.status == 4);
    CHECK(has(one_line(refused), "Software.Read.All"));
    CHECK(is_empty(directory.path()));
}

TEST_CASE("each command has its own help") {
    for (const char* command : {"demo", "sign-in", "collect", "collect-many", "status", "wait",
                                "cancel", "list", "fetch", "live-response", "export", "serve"}) {
        CAPTURE(command);
        const Run help = run({command, "--help"});
        CHECK(help.status == 0);
        CHECK(has(help.out, "--json"));
        CHECK(has(run({"--help"}).out, std::string("  ") + command));
    }
}
