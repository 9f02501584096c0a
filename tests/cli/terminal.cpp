// SPDX-License-Identifier: BSL-1.0
// What others wrote reaches a terminal as text and never as a command: comments, file names, what a
// server says.
#include "cli/server.hpp"

#include <mde/base/ascii.hpp>
#include <mde/wire/json.hpp>

#include <algorithm>
#include <string>

using namespace mde_test;

namespace {

/// Escape sequences of one and of two bytes, a new title, the other direction of writing, a line
/// that hides the one before, and a character beyond the first plane.
const std::string hostile_text = "a\x1b[2J\x1b]0;title\x07"
                                 "b\xc2\x9b"
                                 "31m\xe2\x80\xae"
                                 "cod.exe\xe2\x81\xa6\r\n\x7f\xf0\x9f\x92\xa3 end";

/// Lines of printable ASCII.
bool is_plain(const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c == '\n' || mde::ascii::is_printable(c); });
}

std::string first_comment(const std::string& list) {
    const auto document = mde::wire::parse_json_object(list);
    REQUIRE(document);
    const auto* actions = mde::wire::Members(*document).array("value");
    REQUIRE(actions != nullptr);
    REQUIRE_FALSE(actions->empty());
    return mde::wire::Members(actions->front().as_object())
        .string("requestorComment")
        .value_or("none");
}

} // namespace

TEST_CASE("a comment with commands for a terminal is shown as text") {
    const Server server;
    const Words target{"--machine-id", std::string(machine)};
    const auto call = [&](const Words& words) {
        const Run outcome = run(words + server.access(), with_secret());
        INFO(outcome.error);
        CHECK(outcome.status == 0);
        CHECK(is_plain(outcome.out));
        CHECK(is_plain(outcome.error));
        return outcome.out;
    };
    const std::string made = call(Words{"collect", "--comment", hostile_text} + target);
    CHECK(has(made, "\\x1b[2J"));
    CHECK(has(made, "\\xc2\\x9b31m\\xe2\\x80\\xaecod.exe"));
    CHECK(std::count(made.begin(), made.end(), '\n') == 1);
    call(Words{"list"} + target);
    // JSON says the same to a program as before.
    CHECK(first_comment(call(Words{"list", "--json"} + target)) == hostile_text);
}

TEST_CASE("an argument with commands for a terminal is not repeated as it is") {
    for (const Words& words :
         {Words{"fetch", "--action-id", hostile_text, "--out", "x"}, Words{"collect", hostile_text},
          Words{hostile_text}, Words{"list", "--cloud", hostile_text},
          Words{"fetch", "--" + hostile_text}}) {
        const Run refused = run(words);
        CHECK(refused.status == 2);
        CHECK(is_plain(refused.out));
        CHECK(is_plain(refused.error));
    }
}

TEST_CASE("a file name with commands for a terminal is shown as text") {
    const TemporaryDirectory directory;
    directory.write("a\x1b[2J\xc2\x9b"
                    "31m\xff.zip",
                    "no package");
    for (const Words& words :
         {Words{"verify", directory.path()}, Words{"verify", "--json", directory.path()}}) {
        const Run verified = run(words);
        CHECK(verified.status == 19);
        CHECK(is_plain(verified.out));
        CHECK(is_plain(verified.error));
        CHECK(has(verified.out, "without receipt"));
    }
}
