// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/request_head.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace mde;
using namespace mde::wire;

namespace {

struct Parts {
    std::string_view host = "h";
    std::string_view target = "/p";
    std::vector<HeaderField> fields{};
    Method method = Method::get;
    std::uint16_t port = 443;
    std::string_view body{};
    Scheme scheme = Scheme::https;
};

/// The head, or the word "refused"; a refusal must leave what was there untouched.
std::string head_of(const Parts& parts) {
    HttpRequest request;
    request.method = parts.method;
    request.host = parts.host;
    request.port = parts.port;
    request.target = parts.target;
    request.fields = parts.fields;
    request.body = parts.body;
    request.scheme = parts.scheme;
    Secret out("before|");
    const error_code ec = append_request_head(request, out);
    if (ec) {
        CHECK(ec == errc::unsafe_request);
        CHECK(out.expose() == "before|");
        return "refused";
    }
    return std::string(out.expose().substr(7));
}

} // namespace

TEST_CASE("a request is written line by line") {
    CHECK(head_of({.host = "h.example",
                   .target = "/a?b=%2f",
                   .fields = {{"Authorization", "Bearer x"}, {"X", ""}}}) ==
          "GET /a?b=%2f HTTP/1.1\r\nHost: h.example\r\nUser-Agent: mde-sdk/" MDE_VERSION_STRING
          "\r\nAuthorization: Bearer x\r\nX: \r\n\r\n");
}

TEST_CASE("a port other than 443 stands beside the host") {
    CHECK(head_of({.port = 443}).find("\r\nHost: h\r\n") != std::string::npos);
    CHECK(head_of({.port = 8443}).find("\r\nHost: h:8443\r\n") != std::string::npos);
    CHECK(head_of({.port = 80}).find("\r\nHost: h:80\r\n") != std::string::npos);
}

TEST_CASE("without TLS it is a port other than 80 that stands beside the host") {
    const auto names = [](std::uint16_t port, std::string_view host) {
        return head_of({.port = port, .scheme = Scheme::http})
                   .find("Host: " + std::string(host) + "\r\n") != std::string::npos;
    };
    CHECK(names(80, "h"));
    CHECK(names(8080, "h:8080"));
    CHECK(names(443, "h:443"));
}

TEST_CASE("a length is sent with every POST and with every body") {
    CHECK(head_of({.method = Method::post, .body = "abc"}).find("\r\nContent-Length: 3\r\n") !=
          std::string::npos);
    CHECK(head_of({.method = Method::post}).find("\r\nContent-Length: 0\r\n") != std::string::npos);
    CHECK(head_of({}).find("Content-Length") == std::string::npos);
    CHECK(head_of({.body = "abc"}).find("\r\nContent-Length: 3\r\n") != std::string::npos);
}

TEST_CASE("no byte that could end a line or a word passes in the target") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const std::string target = "/a" + std::string(1, c) + "b";
        const bool fine = i > 0x20 && i < 0x7f && c != '#';
        CAPTURE(i);
        CHECK((head_of({.target = target}) != "refused") == fine);
    }
    for (const char* target : {"", "p", "*", "?q", "https://h/p", " /p"})
        CHECK(head_of({.target = target}) == "refused");
}

TEST_CASE("no byte but letters and digits and dots and dashes passes in the host") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const std::string host = "a" + std::string(1, c) + "b";
        CAPTURE(i);
        CHECK((head_of({.host = host}) != "refused") ==
              (ascii::is_alnum(c) || c == '.' || c == '-'));
    }
    CHECK(head_of({.host = ""}) == "refused");
}

TEST_CASE("no byte that could end a line passes in a field") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const std::string text = "a" + std::string(1, c) + "b";
        CAPTURE(i);
        CHECK((head_of({.fields = {{"X", text}}}) != "refused") ==
              (ascii::is_printable(c) || c == '\t'));
        CHECK((head_of({.fields = {{text, "v"}}}) != "refused") == ascii::is_token_char(c));
    }
    CHECK(head_of({.fields = {{"", "v"}}}) == "refused");
    CHECK(head_of({.fields = {{"X", "v"}, {"Y", "v\r\nZ: w"}}}) == "refused");
}

TEST_CASE("no byte that could end a line passes anywhere in a long field") {
    for (const char around : {' ', '~', '\t', 'a'}) {
        for (int i = 0; i < 256; ++i) {
            const char c = static_cast<char>(i);
            const bool fine = ascii::is_printable(c) || c == '\t';
            for (std::size_t at = 0; at < 20; ++at) {
                std::string text(20, around);
                text[at] = c;
                CAPTURE(i);
                CAPTURE(at);
                CHECK((head_of({.fields = {{"X", text}}}) != "refused") == fine);
            }
        }
    }
}

TEST_CASE("no caller writes the fields that frame the request") {
    for (const char* name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION"})
        CHECK(head_of({.fields = {{name, "v"}}}) == "refused");
}
