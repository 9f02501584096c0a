// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/link_grammar.hpp>

#include "support/data.hpp"

#include <doctest/doctest.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace mde;
using namespace mde::wire;

namespace {

bool accepted(std::string_view link) {
    const auto layout = split_link(link);
    if (!layout) CHECK(layout.error() == errc::malformed_link);
    return layout.has_value();
}

/// What Boost.URL makes of a link must be what we make of it: it is a second pair of eyes on
/// everything that passes. Its own answer is not trusted for what does not pass.
void check_against_boost(std::string_view link) {
    const auto layout = split_link(link);
    if (!layout) return;
    CAPTURE(std::string(link));
    const auto url = boost::urls::parse_uri(boost::core::string_view(link.data(), link.size()));
    const std::string_view host = link.substr(layout->host_begin, layout->host_size);
    const std::string_view target = link.substr(layout->target_begin);
    REQUIRE(url.has_value());
    // Boost.URL 1.81 ends an IPv4 host after its fourth number, whatever comes behind it.
    const bool cut_by_boost =
        url->host_type() == boost::urls::host_type::ipv4 && url->host().size() != host.size();
    if (cut_by_boost) return;
    CHECK(url->scheme_id() == boost::urls::scheme::https);
    CHECK_FALSE(url->has_userinfo());
    CHECK_FALSE(url->has_fragment());
    CHECK(std::string_view(url->host()) == host);
    const std::string_view port = url->port();
    CHECK((port.empty() ? layout->port == 443 : port == std::to_string(layout->port)));
    CHECK(std::string_view(url->encoded_target()) == target);
}

const std::vector<std::string_view> good{
    "https://h/",
    "https://h/p",
    "HTTPS://H/P",
    "hTtPs://download.example/a/b?c=d&e",
    "https://h:1/",
    "https://h:443/",
    "https://h:65535/p?q",
    "https://127.0.0.1:8443/p",
    "https://a-b.c-d/p",
    "https://h/?",
    "https://h/?a?b/c",
    "https://h//a//b",
    "https://h/a;b=1,2!$&'()*+,;=:@-._~",
    "https://h/%2f%2F%00%0d%0a",
    "https://h/a:80/",
    "https://h/@user",
    "https://h/../x",
    "https://127.0.0.1.trusted.example/",
    "https://1.2.3.4.5/",
    "https://2130706433/",
    "https://0x7f.1/",
};

const std::vector<std::string_view> bad{
    "",
    "h",
    "/p",
    "//h/p",
    "http://h/p",
    "httpss://h/p",
    "ftp://h/p",
    "https:",
    "https:/",
    "https://",
    "https:///",
    "https:///p",
    "https:h/",
    "https:/h/",
    "https:\\\\h\\p",
    "https://h",
    "https://h?q",
    "https://h?q/p",
    "https://h#f/p",
    " https://h/p",
    "https://h/p ",
    "\thttps://h/p",
    "https ://h/p",
    "https://:443/p",
    "https://:/p",
    "https://h:/p",
    "https://h:0/p",
    "https://h:00/p",
    "https://h:-1/p",
    "https://h:+1/p",
    "https://h:0443/p",
    "https://h:65536/p",
    "https://h:65979/p",
    "https://h:99999/p",
    "https://h:4294967739/p",
    "https://h:443:80/p",
    "https://h:443a/p",
    "https://h: 443/p",
    "https://h:%34%34%33/p",
    "https://user@h/p",
    "https://user:pw@h/p",
    "https://user:pw@h:443/p",
    "https://@h/p",
    "https://good.example@evil.example/p",
    "https://good.example:443@evil.example/p",
    "https://h%2e/p",
    "https://%68/p",
    "https://h%00.trusted.example/p",
    "https://evil.example%2f.trusted.example/p",
    "https://evil.example%40trusted.example/p",
    "https://evil.example%5c.trusted.example/p",
    "https://h%0d%0aX:1/p",
    "https://evil.example\\.trusted.example/p",
    "https://evil.example\\@trusted.example/p",
    "https://.h/p",
    "https://h./p",
    "https://a..b/p",
    "https://a_b/p",
    "https://a b/p",
    "https://*/p",
    "https://[::1]/p",
    "https://[::1]:443/p",
    "https://[v1.x]/p",
    "https://h\xc3\xa9/p",
    "https://xn--\xff/p",
    "https://h/p#",
    "https://h/p#f",
    "https://h/p?q#f",
    "https://h/%",
    "https://h/%2",
    "https://h/%2g",
    "https://h/%%41",
    "https://h/p?%",
    "https://h/a b",
    "https://h/\"",
    "https://h/p\"",
    "\"https://h/p\"",
    "https://h/<a>",
    "https://h/a\\b",
    "https://h/a^b",
    "https://h/a`b",
    "https://h/{a}",
    "https://h/a|b",
    "https://h/[a]",
    "https://h/p?[a]",
    "https://h/p\r\nX: 1",
    "https://h/p\n",
    "https://h/\x01",
    "https://h/\x7f",
    "https://h/\xc3\xa9",
    "https\"",
    "https:\"",
    "vp:?",
    "htt:]",
};

} // namespace

TEST_CASE("a target holds characters of RFC 3986 and whole escapes") {
    for (const std::string_view whole : {"", "/", "/a-b._~/?x=%2f%2F&y=!$'()*+,;:@"})
        CHECK(is_target_text(whole));
    for (const std::string_view broken :
         {"%", "%2", "%2g", "a%", "#", " ", "[", "]", "\"", "<", "^", "\\", "\x7f", "\x80"}) {
        CAPTURE(broken);
        CHECK(!is_target_text(broken));
    }
}

TEST_CASE("what is a link is split where it should be") {
    for (const std::string_view link : good) {
        CAPTURE(std::string(link));
        CHECK(accepted(link));
    }
    const std::string_view link = "https://Download.example:8443/a/b?c=%2f";
    const auto layout = split_link(link);
    REQUIRE(layout);
    CHECK(link.substr(layout->host_begin, layout->host_size) == "Download.example");
    CHECK(link.substr(layout->target_begin) == "/a/b?c=%2f");
    CHECK(layout->port == 8443);
    CHECK(split_link("https://h/")->port == 443);
}

TEST_CASE("what is no link is refused") {
    for (const std::string_view link : bad) {
        CAPTURE(std::string(link));
        CHECK_FALSE(accepted(link));
    }
    CHECK_FALSE(accepted(std::string_view("https://h/\0", 11)));
    CHECK_FALSE(accepted(std::string_view("https://h\0/", 11)));
    CHECK_FALSE(accepted(std::string_view("https://\0h/", 11)));
}

TEST_CASE("a host that begins like a number keeps its whole name") {
    const std::string_view link = "https://127.0.0.1.trusted.example/p";
    const auto layout = split_link(link);
    REQUIRE(layout);
    CHECK(link.substr(layout->host_begin, layout->host_size) == "127.0.0.1.trusted.example");
    CHECK(link.substr(layout->target_begin) == "/p");
}

TEST_CASE("no byte outside the grammar passes anywhere") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const std::string one(1, c);
        const bool in_host = ascii::is_alnum(c) || c == '-' || c == '.';
        const bool in_target =
            ascii::is_alnum(c) ||
            std::string_view("-._~!$&'()*+,;=:@/?").find(c) != std::string_view::npos;
        CAPTURE(i);
        // '/' ends the host early and leaves a link behind; ':' makes a port that is none.
        CHECK(accepted("https://a" + one + "b/p") == (in_host || c == '/'));
        CHECK(accepted("https://h/a" + one + "b") == in_target);
        CHECK(accepted("https://h/a?b" + one + "c") == in_target);
    }
}

TEST_CASE("a link has at most 16 KiB") {
    const std::string head = "https://h/";
    CHECK(accepted(head + std::string(16383 - head.size(), 'a')));
    CHECK(accepted(head + std::string(16384 - head.size(), 'a')));
    CHECK_FALSE(accepted(head + std::string(16385 - head.size(), 'a')));
}

TEST_CASE("a host has at most 253 bytes") {
    CHECK(accepted("https://" + std::string(252, 'a') + "/"));
    CHECK(accepted("https://" + std::string(253, 'a') + "/"));
    CHECK_FALSE(accepted("https://" + std::string(254, 'a') + "/"));
}

TEST_CASE("Boost.URL sees the same parts in every link that passes") {
    for (const std::string_view link : good) check_against_boost(link);
    for (const std::string_view link : bad) check_against_boost(link);
    check_against_boost(test_support::read_data("get-package-sas-uri.link"));
}

TEST_CASE("Boost.URL agrees on links that were put together at random") {
    constexpr std::string_view parts[] = {
        "https://", "https:", "http://", "//", "/",    "h",     "a.b",  "127.0.0.1", ":",    ":443",
        ":0",       ":99999", "@",       "?",  "#",    "%2f",   "%",    "%0d%0a",    "\\",   "..",
        "token=",   "&",      "=",       "[",  "::1]", "-",     "\xc3", " ",         "\r\n", "~",
        "1",        ".",      "+",       ";",  "se=",  "https", "%2e",  "_",         "A",    "443"};
    std::uint64_t state = 0x9e3779b97f4a7c15ull;
    const auto next = [&](std::uint64_t bound) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state % bound;
    };
    unsigned passed = 0;
    for (int i = 0; i < 60000; ++i) {
        std::string link = next(8) == 0 ? "" : "https://";
        if (next(4) != 0) link += next(2) == 0 ? "h.example/" : "h:8443/";
        for (std::uint64_t count = next(7); count-- > 0;) link += parts[next(std::size(parts))];
        passed += split_link(link) ? 1u : 0u;
        check_against_boost(link);
    }
    CHECK(passed > 1000);
}

TEST_CASE("the first parameter of a name is found with its escapes") {
    CHECK(query_value("/p?a=1&b=%2f&b=3", "b") == "%2f");
    CHECK(query_value("/p?a=1", "a") == "1");
    CHECK(query_value("/p?a=", "a") == "");
    CHECK(query_value("/p?a=1=2", "a") == "1=2");
    CHECK(query_value("/p?&&a=1&", "a") == "1");
    CHECK(query_value("/p?b?a=1", "b?a") == "1");
    CHECK_FALSE(query_value("/p?a", "a"));
    CHECK_FALSE(query_value("/p?A=1", "a"));
    CHECK_FALSE(query_value("/p?xa=1", "a"));
    CHECK_FALSE(query_value("/p?%61=1", "a"));
    CHECK_FALSE(query_value("/p?", "a"));
    CHECK_FALSE(query_value("/a=1", "a"));
    CHECK_FALSE(query_value("", "a"));
}
