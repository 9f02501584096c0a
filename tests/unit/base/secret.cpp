// SPDX-License-Identifier: BSL-1.0
#include <mde/base/secret.hpp>

#include <doctest/doctest.h>

#include <array>
#include <concepts>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using namespace mde;

static_assert(!std::copy_constructible<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);
static_assert(std::is_nothrow_move_assignable_v<Secret>);
static_assert(std::is_nothrow_default_constructible_v<Secret>);
static_assert(!std::convertible_to<std::string, Secret>);
static_assert(!std::convertible_to<std::string_view, Secret>);
static_assert(!std::convertible_to<Secret, std::string_view>);
static_assert(!std::constructible_from<std::string, const Secret&>);
static_assert(!std::constructible_from<std::string_view, const Secret&>);
static_assert(!std::equality_comparable<Secret>);

namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};
static_assert(Printable<int> && !Printable<Secret>);

} // namespace

TEST_CASE("a secret gives back what was put in") {
    Secret secret("abc");
    secret.append("");
    secret.append(std::string_view("d\0e", 3));
    CHECK(secret.expose() == std::string_view("abcd\0e", 6));
    CHECK(secret.size() == 6);
    CHECK_FALSE(secret.empty());
}

TEST_CASE("an empty secret is empty however it came to be") {
    CHECK(Secret().empty());
    CHECK(Secret("").empty());
    CHECK(Secret().expose().empty());
    CHECK(Secret().clone().empty());
    Secret cleared("abc");
    cleared.clear();
    CHECK(cleared.empty());
    cleared.append("d");
    CHECK(cleared.expose() == "d");
    Secret nothing;
    nothing.clear();
    CHECK(nothing.empty());
}

TEST_CASE("a clone lives on its own") {
    Secret first("abc");
    const Secret second = first.clone();
    first.append("d");
    first.clear();
    CHECK(second.expose() == "abc");
    CHECK(second.expose().data() != first.expose().data());
}

TEST_CASE("moving leaves an empty secret that can be used again") {
    Secret from("abc");
    Secret to(std::move(from));
    CHECK(to.expose() == "abc");
    CHECK(from.empty());
    CHECK(from.expose().empty());
    from.append("x");
    CHECK(from.expose() == "x");
    from = std::move(to);
    CHECK(from.expose() == "abc");
    CHECK(to.empty());
    Secret& same = from;
    from = std::move(same);
    CHECK(from.expose() == "abc");
}

TEST_CASE("growth keeps the text and the room grows by doubling") {
    Secret secret;
    std::string expected;
    for (int i = 0; i < 3000; ++i) {
        const char c = static_cast<char>('a' + i % 26);
        secret.append(std::string_view(&c, 1));
        expected.push_back(c);
        REQUIRE(secret.expose() == expected);
    }
}

TEST_CASE("reserved room does not move the text") {
    Secret secret;
    secret.reserve(64);
    secret.append("a");
    const char* const at = secret.expose().data();
    secret.append(std::string(63, 'b'));
    CHECK(secret.expose().data() == at);
    secret.reserve(1);
    CHECK(secret.expose().data() == at);
    CHECK(secret.size() == 64);
}

TEST_CASE("what fits into the room does not move the text") {
    Secret secret("abc");
    secret.reserve(10);
    CHECK(secret.room() == 7);
    const char* before = secret.expose().data();
    CHECK(secret.prepare(secret.room()).size() == 7);
    secret.append("defghij");
    CHECK(secret.expose().data() == before);
    CHECK(secret.room() == 0);
}

TEST_CASE("wiping overwrites each byte and stands nothing to wipe") {
    std::array<char, 5> bytes{'a', 'b', 'c', 'd', 'e'};
    wipe(bytes.data() + 1, 3);
    CHECK(bytes == std::array<char, 5>{'a', 0, 0, 0, 'e'});
    wipe(nullptr, 0);
}

TEST_CASE("clearing wipes the text where it lay") {
    Secret secret("abcdef");
    const char* const at = secret.expose().data();
    secret.clear();
    CHECK(std::string_view(at, 6) == std::string_view("\0\0\0\0\0\0", 6));
}

TEST_CASE("a part can be kept and the rest is wiped") {
    Secret text("\"kept\"and more");
    const char* memory = text.expose().data();
    const std::size_t size = text.size();
    text.keep(1, 4);
    CHECK(text.expose() == "kept");
    CHECK(text.expose().data() == memory);
    for (std::size_t i = 4; i < size; ++i) CHECK(memory[i] == '\0');
    text.keep(4, 0);
    CHECK(text.empty());
    Secret nothing;
    nothing.keep(0, 0);
    CHECK(nothing.empty());
}
