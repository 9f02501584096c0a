// SPDX-License-Identifier: BSL-1.0
// Stored packages held against their receipts.

#include "cli/server.hpp"

#include <filesystem>
#include <string>

using namespace mde_test;

namespace {

const std::string kept_package = std::string(finished_action) + ".zip";
const std::string kept_receipt = std::string(finished_action) + ".receipt.json";

Run verify(const TemporaryDirectory& directory, const Words& more = {}) {
    return run(Words{"verify", directory.path()} + more);
}

} // namespace

TEST_CASE("packages that are what their receipts say are proven") {
    const Server server;
    const TemporaryDirectory directory;
    REQUIRE(server.fetch(directory.path()).status == 0);
    directory.write("other.zip.part", "unfinished");
    const Run plain = verify(directory);
    CHECK(plain.status == 0);
    CHECK(plain.out.starts_with("good: " + kept_package + ", SHA-256 "));
    CHECK(plain.error == "");
    const Run json = verify(directory, {"--json"});
    CHECK(json.status == 0);
    CHECK(has(json.out, R"("verdict":"good")"));
}

TEST_CASE("a package that was changed or cut or lost or has no receipt is told") {
    const Server server;
    const TemporaryDirectory original;
    REQUIRE(server.fetch(original.path()).status == 0);
    const std::string bytes = contents_of(original.file(kept_package));
    const std::string receipt = contents_of(original.file(kept_receipt));
    const auto verdict = [&](const std::string& package, const std::string& beside) {
        const TemporaryDirectory directory;
        if (!package.empty()) directory.write(kept_package, package);
        if (!beside.empty()) directory.write(kept_receipt, beside);
        const Run told = verify(directory);
        CHECK(told.status == 19);
        CHECK(has(told.error, "1 of 1"));
        return told.out.substr(0, told.out.find(':'));
    };
    std::string changed = bytes;
    changed[bytes.size() / 2] = static_cast<char>(changed[bytes.size() / 2] ^ 1);
    CHECK(verdict(changed, receipt) == "other hash");
    CHECK(verdict(bytes.substr(1), receipt) == "other length");
    CHECK(verdict("", receipt) == "missing");
    CHECK(verdict(bytes, "") == "without receipt");
    CHECK(verdict(bytes, "{}") == "unreadable");
}

TEST_CASE("a link in the place of a package is not followed") {
    const Server server;
    const TemporaryDirectory directory;
    const TemporaryDirectory elsewhere;
    REQUIRE(server.fetch(directory.path()).status == 0);
    std::filesystem::rename(directory.file(kept_package), elsewhere.file("copy"));
    std::filesystem::create_symlink(elsewhere.file("copy"), directory.file(kept_package));
    const Run told = verify(directory);
    CHECK(told.status == 19);
    CHECK(told.out.starts_with("unreadable: "));
}

TEST_CASE("a directory without packages proves nothing") {
    const TemporaryDirectory directory;
    CHECK(verify(directory).status == 19);
    CHECK(run({"verify", directory.file("missing")}).status == 10);
    CHECK(run({"verify"}).status == 2);
}
