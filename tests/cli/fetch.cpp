// SPDX-License-Identifier: BSL-1.0
// What a fetch leaves behind when all is well.

#include "cli/server.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <span>
#include <string>

#include <sys/stat.h>

using namespace mde_test;

namespace {

std::string sha256_of(const std::string& bytes) {
    mde::OpensslSha256 hasher;
    hasher.update(std::as_bytes(std::span(bytes)));
    return std::string(hasher.finish()->hex());
}

unsigned mode_of(const std::string& path) {
    struct ::stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

const std::string package_name = std::string(finished_action) + ".zip";
const std::string receipt_name = std::string(finished_action) + ".receipt.json";

} // namespace

TEST_CASE("a fetched package is whole and private and lies beside its receipt") {
    const Server server;
    const TemporaryDirectory directory;
    const std::string out = directory.file("packages");
    const Run fetched = server.fetch(out, {"--json"});
    CHECK(fetched.status == 0);
    CHECK(fetched.error == "");

    const auto receipt = mde::wire::decode_receipt(fetched.out);
    REQUIRE(receipt);
    const std::string bytes = contents_of(out + '/' + package_name);
    CHECK(bytes.size() == 200 * 1024);
    CHECK(receipt->length == bytes.size());
    CHECK(receipt->sha256.hex() == sha256_of(bytes));
    CHECK(receipt->action == finished_action);
    CHECK(receipt->tenant == server.tenant);
    CHECK(receipt->source_host == "127.0.0.1");

    CHECK(names_in(out) == Names{receipt_name, package_name});
    CHECK(mode_of(out + '/' + package_name) == 0600);
    CHECK(mode_of(out + '/' + receipt_name) == 0600);
    CHECK(contents_of(out + '/' + receipt_name) == fetched.out);
}

TEST_CASE("without --json a fetch says one readable line") {
    const Server server;
    const TemporaryDirectory directory;
    const Run fetched = server.fetch(directory.path());
    CHECK(fetched.status == 0);
    const std::string path = directory.file(package_name);
    CHECK(fetched.out ==
          "stored " + path + ": 204800 bytes, SHA-256 " + sha256_of(contents_of(path)) + "\n");
}

TEST_CASE("progress goes to standard error in plain lines where there is no terminal") {
    const Server server;
    const TemporaryDirectory directory;
    const Run fetched =
        run(Words{"fetch", "--action-id", std::string(finished_action), "--out", directory.path()} +
                server.servers() + server.identity() + server.trust() + server.link_hosts(),
            with_secret());
    CHECK(fetched.status == 0);
    CHECK(has(fetched.error, "signing in\n"));
    CHECK(has(fetched.error, "downloading from 127.0.0.1\n"));
    CHECK(has(fetched.error, "receiving 200.0 KiB\n"));
    CHECK(!has(fetched.error, "\r"));
    CHECK(!has(fetched.error, "\x1b"));
}

TEST_CASE("several packages are fetched one after another and a failure does not stop the rest") {
    const Server server({"--with-action", std::string(other_action)});
    const TemporaryDirectory directory;
    const std::string unknown = "99999999-aaaa-4bbb-8ccc-222222222222";
    const Run fetched =
        run(Words{"fetch", "--action-id", std::string(finished_action), "--action-id", unknown,
                  "--action-id", std::string(other_action), "--out", directory.path()} +
                server.access(),
            with_secret());
    CHECK(fetched.status == 5);
    CHECK(has(one_line({0, "", fetched.error}), "fetch " + unknown));
    CHECK(names_in(directory.path()).size() == 4);
}

TEST_CASE("a package that is stored already is left alone") {
    const Server server;
    const TemporaryDirectory directory;
    REQUIRE(server.fetch(directory.path()).status == 0);
    const std::string path = directory.file(package_name);
    const std::string before = contents_of(path);
    const Run again = server.fetch(directory.path());
    CHECK(again.status == 15);
    CHECK(has(one_line(again), "already stored"));
    CHECK(again.out == "");
    CHECK(contents_of(path) == before);
}

TEST_CASE("both shapes of link answers are understood") {
    const Server server({"--quoting", "plain"});
    const TemporaryDirectory directory;
    CHECK(server.fetch(directory.path()).status == 0);
}

TEST_CASE("the secret may come from a file or from a variable of another name") {
    const Server server;
    const TemporaryDirectory directory;
    directory.write("secret", std::string(client_secret) + "\n");
    CHECK(server.fetch(directory.file("a"), {"--client-secret-file", directory.file("secret")}, {})
              .status == 0);
    Setting setting;
    setting.environment.push_back("OTHER_SECRET=" + std::string(client_secret));
    CHECK(server.fetch(directory.file("b"), {"--client-secret-env", "OTHER_SECRET"}, setting)
              .status == 0);
}

TEST_CASE("tenant and client and authority may come from Azure's own variables") {
    const Server server;
    Setting setting = with_secret();
    setting.environment.push_back("AZURE_TENANT_ID=" + server.tenant);
    setting.environment.push_back("AZURE_CLIENT_ID=" + server.client);
    setting.environment.push_back("AZURE_AUTHORITY_HOST=" + server.endpoint + "/");
    const Run listed = run(
        Words{"list", "--endpoint", server.endpoint} + server.trust() + Server::brief(), setting);
    CHECK(listed.status == 0);
    CHECK(has(listed.out, finished_action));
}
