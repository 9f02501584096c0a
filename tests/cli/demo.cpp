// SPDX-License-Identifier: BSL-1.0
// The demonstration, which proves itself.

#include "cli/program.hpp"
#include "support/temporary_directory.hpp"

#include <mde/wire/json.hpp>

#include <string>

using namespace mde_test;

TEST_CASE("the demo stores what the service served") {
    const TemporaryDirectory directory;
    const Run demo = run({"demo", "--out", directory.path(), "--package-size", "300K", "--quiet"});
    CHECK(demo.status == 0);
    CHECK(demo.error == "");
    const std::size_t served = demo.out.find("served SHA-256: ");
    const std::size_t stored = demo.out.find("stored SHA-256: ");
    REQUIRE(served != std::string::npos);
    REQUIRE(stored != std::string::npos);
    CHECK(demo.out.substr(served + 16, 64) == demo.out.substr(stored + 16, 64));
    CHECK(has(demo.out, "equal: yes\n"));
    CHECK(names_in(directory.path()).size() == 2);
}

TEST_CASE("the demo makes a directory of its own and speaks JSON") {
    const TemporaryDirectory directory;
    Setting setting;
    setting.environment.push_back("TMPDIR=" + directory.path());
    const Run demo = run({"demo", "--json", "--package-size", "1"}, setting);
    CHECK(demo.status == 0);
    const auto document = mde::wire::parse_json_object(demo.out);
    REQUIRE(document);
    CHECK(document->at("equal").as_bool());
    CHECK(document->at("path").as_string().starts_with(directory.path() + "/mde-demo-"));
}
