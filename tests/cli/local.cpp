// SPDX-License-Identifier: BSL-1.0
// What can go wrong on this side: the disk, standard output, the command line.

#include "cli/server.hpp"

#include <mde/base/version.hpp>

#include <string>

using namespace mde_test;

TEST_CASE("a package that does not fit leaves nothing") {
    const Server server;
    const TemporaryDirectory directory;
    Setting setting = with_secret();
    setting.file_blocks = 100;
    const Run refused = server.fetch(directory.file("x"), {}, setting);
    CHECK(refused.status == 10);
    CHECK(has(one_line(refused), "store: there is no space left"));
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("a place that cannot be written is an error of the store") {
    const Server server;
    const TemporaryDirectory directory;
    directory.write("file", "");
    for (const char* place : {"missing/deeper", "file"}) {
        const Run refused = server.fetch(directory.file(place));
        CHECK(refused.status == 10);
        CHECK(has(one_line(refused), "fetch: store: "));
    }
}

TEST_CASE("a closed standard output is noticed before anything is asked for") {
    const Server server;
    const TemporaryDirectory directory;
    Setting setting = with_secret();
    setting.out = Setting::Stdout::closed;
    const Run closed = server.fetch(directory.file("x"), {}, setting);
    CHECK(closed.status == 70);
    CHECK(has(one_line(closed), "standard output is closed"));
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("a full standard output is an error") {
    const Server server;
    Setting setting = with_secret();
    setting.out = Setting::Stdout::full;
    const Run full = run(Words{"list"} + server.access(), setting);
    CHECK(full.status == 70);
    CHECK(has(one_line(full), "standard output could not be written"));
    CHECK(run({"--help"}, setting).status == 70);
}

TEST_CASE("nonsense on the command line is a usage error in one line") {
    const TemporaryDirectory directory;
    const std::string action(finished_action);
    const Words fetch{"fetch",       "--action-id", action,        "--out", directory.file("x"),
                      "--tenant-id", "a.example",   "--client-id", "b"};
    const std::vector<std::pair<Words, std::string>> cases{
        {{}, "subcommand"},
        {{"frobnicate"}, "subcommand"},
        {{"fetch", "--out", "x"}, "--action-id"},
        {{"fetch", "--out", "x", "--action-id", "4711"}, "a GUID"},
        {{"collect", "--machine-id", "host.example", "--comment", "c"}, "40 or 32 hexadecimal"},
        {{"collect", "--machine-id", std::string(machine), "--comment", ""}, "--comment"},
        {{"collect", "--machine-id", std::string(machine), "--comment", "c", "--fetch"}, "--out"},
        {{"list", "--status", "Done"}, "Succeeded"},
        {{"list", "--top", "0"}, "--top"},
        {{"demo", "--package-size", "-1"}, "--package-size"},
        {fetch + Words{"--deadline", "nan"}, "--deadline"},
        {fetch + Words{"--deadline", "1e3"}, "--deadline"},
        {fetch + Words{"--connect-timeout", "0"}, "--connect-timeout"},
        {fetch + Words{"--idle-timeout", "-1"}, "--idle-timeout"},
        {fetch + Words{"--retries", "many"}, "--retries"},
        {fetch + Words{"--max-bytes", "1.5M"}, "--max-bytes"},
        {fetch + Words{"--connections", "0"}, "--connections"},
        {fetch + Words{"--connections", "17"}, "--connections"},
        {fetch + Words{"--cloud", "moon"}, "--cloud"},
        {fetch + Words{"--endpoint", "https://a.example"}, "--authority"},
        {fetch + Words{"--endpoint", "http://a.example", "--authority", "https://b.example"},
         "--endpoint"},
        {fetch + Words{"--cloud", "eu", "--endpoint", "https://a.example"}, "--cloud"},
        {fetch + Words{"--allow-link-host", "https://a.example"}, "--allow-link-host"},
        {fetch + Words{"--proxy", "ftp://a.example"}, "--proxy"},
        {fetch + Words{"--ca-file", directory.file("missing")}, "--ca-file"},
    };
    for (const auto& [words, expected] : cases) {
        const Run refused = run(words, with_secret());
        INFO(refused.error);
        CHECK(refused.status == 2);
        CHECK(has(one_line(refused), "usage: "));
        CHECK(has(refused.error, expected));
        CHECK(refused.out == "");
    }
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("the client secret is no argument and is never repeated") {
    const std::string value(wrong_secret);
    for (const Words& words :
         {Words{"list", "--client-secret", value}, Words{"list", "--client-secret=" + value},
          Words{"list", value}, Words{"list", "--tenant-id", value}}) {
        // run() checks that the value is in no output.
        const Run refused = run(words, with_secret());
        CHECK(refused.status == 2);
        one_line(refused);
    }
}

TEST_CASE("a missing secret is asked for") {
    const Server server;
    const TemporaryDirectory directory;
    const Run refused = server.fetch(directory.file("x"), {"--auth", "secret"}, {});
    CHECK(refused.status == 2);
    CHECK(has(one_line(refused), "AZURE_CLIENT_SECRET"));
}

TEST_CASE("help and version are for standard output") {
    const Run help = run({"--help"});
    CHECK(help.status == 0);
    CHECK(has(help.out, "Exit codes:"));
    CHECK(has(help.out, "130  stopped by SIGINT"));
    const Run fetch = run({"fetch", "--help"});
    CHECK(fetch.status == 0);
    CHECK(has(fetch.out, "--allow-link-host"));
    CHECK(run({"--version"}).out == std::string("mde-package ") + MDE_VERSION_STRING + "\n");
}
