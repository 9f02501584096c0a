// SPDX-License-Identifier: BSL-1.0
#include <mde/base/printable.hpp>

#include <mde/base/bounds.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace mde;

TEST_CASE("a word keeps its printable characters and drops the rest") {
    CHECK(printable_word("Too\r\nMany\x1b[31mRequests\xc3\xa9\x7f", 128) == "TooMany[31mRequests");
    CHECK(printable_word(std::string_view("a\0b", 3), 128) == "ab");
    CHECK(printable_word("", 128).empty());
}

TEST_CASE("a word is cut at the limit and not before") {
    CHECK(printable_word("abcd", 3) == "abc");
    CHECK(printable_word("abc", 3) == "abc");
    CHECK(printable_word("ab", 3) == "ab");
    CHECK(printable_word("ab", 0).empty());
    // What is dropped does not count.
    CHECK(printable_word("\n\n\nabc", 3) == "abc");
}

TEST_CASE("the service's words are cut at their bounds") {
    for (const std::size_t limit : {bounds::shown_word, bounds::shown_message})
        for (const std::size_t size : {limit - 1, limit, limit + 1}) {
            const std::string text(size, 'a');
            CHECK(printable_word(text, limit).size() == (std::min)(size, limit));
            CHECK(printable_message(text, limit).size() == (std::min)(size, limit));
        }
}

TEST_CASE("a message shows what it cannot print as an escape") {
    CHECK(printable_message("a\n\x1b\xff"
                            "b",
                            128) == "a\\x0a\\x1b\\xffb");
    CHECK(printable_message(std::string_view("\0", 1), 128) == "\\x00");
    CHECK(printable_message("\x7f", 128) == "\\x7f");
    CHECK(printable_message("plain ~", 128) == "plain ~");
}

TEST_CASE("an escape is never cut in half") {
    CHECK(printable_message("ab\n", 5) == "ab");
    CHECK(printable_message("ab\n", 6) == "ab\\x0a");
    CHECK(printable_message("ab\nc", 6) == "ab\\x0a");
    CHECK(printable_message("abcd", 3) == "abc");
}

TEST_CASE("no byte whatever comes out unprintable") {
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    CHECK(ascii::all(printable_word(all, 4096), ascii::is_printable));
    CHECK(ascii::all(printable_message(all, 4096), ascii::is_printable));
}

TEST_CASE("every occurrence of every secret is removed") {
    CHECK(scrubbed("token abcd and abcd again", {"abcd"}) == "token [removed] and [removed] again");
    CHECK(scrubbed("abcdabcd", {"abcd"}) == "[removed][removed]");
    CHECK(scrubbed("one abcd two efgh", {"abcd", "efgh"}) == "one [removed] two [removed]");
    CHECK(scrubbed("abcd", {"abcd"}) == "[removed]");
    CHECK(scrubbed("abc", {"abcd"}) == "abc");
    CHECK(scrubbed("", {"abcd"}).empty());
}

TEST_CASE("a secret that looks like the mark does not make it grow for ever") {
    CHECK(scrubbed("removed", {"removed"}) == "[removed]");
    CHECK(scrubbed("[removed]", {"[removed]"}) == "[removed]");
    CHECK(scrubbed("aaaaaaaa", {"aaaa"}) == "[removed][removed]");
}

TEST_CASE("secrets of less than four bytes are left alone") {
    CHECK(scrubbed("a abc", {"abc", "a", ""}) == "a abc");
    CHECK(scrubbed("a abcd", {"abcd"}) == "a [removed]");
}
