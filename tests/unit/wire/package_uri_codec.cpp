// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/package_uri_codec.hpp>

#include "support/data.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

using namespace mde;
using namespace mde::wire;
using namespace std::chrono_literals;

namespace {

using LinkCodec = Codec<PackageUri>;

const MonotonicTime sent{1000s};
const UtcTime noon{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + 12h};

Answer answer(std::string_view body, const ResponseHead* head = nullptr) {
    Answer made;
    made.head = head;
    made.body = body;
    made.sent = Now{sent, noon};
    return made;
}

/// `text` as a JSON string.
std::string quoted(std::string_view text) {
    return boost::json::serialize(boost::json::string(text));
}

std::string body_with(std::string_view json_value) {
    return R"({"@odata.context":"https://h/api/$metadata#Edm.String","value":)" +
           std::string(json_value) + "}";
}

error_code refusal(std::string_view body) { return LinkCodec::decode(answer(body)).error(); }

/// The URL in an answer, redeemed at once; empty if it was refused.
std::string url_in(std::string_view body) {
    auto uri = LinkCodec::decode(answer(body));
    if (!uri) return {};
    const auto link = std::move(*uri).redeem(sent);
    return link ? std::string(link->expose_url()) : std::string();
}

PackageUri decoded(std::string_view link, const ResponseHead* head = nullptr,
                   ExpiryPolicy policy = {}) {
    const std::string body = body_with(quoted(link));
    Answer made = answer(body, head);
    made.expiry = policy;
    auto uri = LinkCodec::decode(made);
    REQUIRE_MESSAGE(uri.has_value(), std::string(link));
    return std::move(*uri);
}

constexpr std::string_view plain = "https://download.example/p.zip?token=a%2fb%3d";

} // namespace

TEST_CASE("the answer of the documentation page gives the page's own link byte for byte") {
    const std::string expected = test_support::read_data("get-package-sas-uri.link");
    REQUIRE(expected.size() == 1720);
    const std::string body = test_support::read_data("get-package-sas-uri.json");
    auto uri = LinkCodec::decode(answer(body));
    REQUIRE(uri.has_value());
    CHECK(uri->host() == "userrequests-us.securitycenter.windows.com");
    CHECK(uri->port() == 443);
    CHECK(uri->expires_at() == sent + 60s);
    const auto link = std::move(*uri).redeem(sent + 1s);
    REQUIRE(link.has_value());
    CHECK(link->expose_url() == expected);
    CHECK(link->expose_target() == expected.substr(expected.find("/safedownload")));
    CHECK(link->expose_target().find("%2f") != std::string_view::npos);
    CHECK(link->expose_target().find("%2F") == std::string_view::npos);
    CHECK(link->expose_url().find(".com:443/") != std::string_view::npos);
}

TEST_CASE("both recorded shapes give the same link") {
    CHECK(url_in(body_with(quoted(plain))) == plain);
    CHECK(url_in(body_with(quoted(quoted(plain)))) == plain);
}

TEST_CASE("what the service side writes is read back in both shapes") {
    for (const auto quoting : {LinkCodec::Quoting::plain, LinkCodec::Quoting::quoted}) {
        const std::string body = LinkCodec::encode(plain, quoting, "https://api.example");
        CHECK(body.find(R"("@odata.context":"https://api.example/api/$metadata#Edm.String")") !=
              std::string::npos);
        CHECK(url_in(body) == plain);
    }
    CHECK(LinkCodec::encode("https://h/", LinkCodec::Quoting::quoted, "")
              .find(R"("value":"\"https://h/\"")") != std::string::npos);
}

TEST_CASE("escapes of JSON are undone before the link is read and in both layers") {
    CHECK(url_in(body_with(R"("https:\/\/h\/p\u003fq")")) == "https://h/p?q");
    CHECK(url_in(body_with(R"("\"https:\\\/\\\/h\\\/p\\u003fq\"")")) == "https://h/p?q");
    CHECK(url_in("\xef\xbb\xbf" + body_with(quoted(plain))) == plain);
    CHECK(url_in("\n {\n \"value\" : " + quoted(plain) + "\n}\n") == plain);
}

TEST_CASE("other members are passed over whatever they hold") {
    CHECK(url_in(R"({"x":{"value":"https://evil.example/"},"value":)" + quoted(plain) +
                 R"(,"y":[{"value":null}],"Value":7,"valuex":"v","valu":1,"":{}})") == plain);
    CHECK(url_in(R"({"a":"value","value":)" + quoted(plain) + "}") == plain);
    CHECK(url_in(R"({"val\u0075e":)" + quoted(plain) + "}") == plain);
}

TEST_CASE("a value that is no string is refused") {
    for (const char* value :
         {"null", "true", "false", "7", "-7", "1.5", "18446744073709551615", "{}", "[]",
          R"({"value":"https://h/"})", R"(["https://h/"])", R"({"uri":"https://h/"})"}) {
        CAPTURE(value);
        CHECK(refusal(body_with(value)) == errc::malformed_answer);
    }
}

TEST_CASE("a value that is missing or deeper or differently spelt is refused") {
    for (const char* body :
         {"{}", R"({"Value":"https://h/"})", R"({"value ":"https://h/"})",
          R"({"d":{"value":"https://h/"}})", R"([{"value":"https://h/"}])", R"("https://h/")",
          R"({"valuevalue":"https://h/"})", "null", "7", "[]"})
        CHECK(refusal(body) == errc::malformed_answer);
}

TEST_CASE("a value that comes twice is refused in every order") {
    CHECK(refusal(R"({"value":"https://h/","value":"https://h/"})") == errc::malformed_answer);
    CHECK(refusal(R"({"value":"https://h/","value":null})") == errc::malformed_answer);
    CHECK(refusal(R"({"value":null,"value":"https://h/"})") == errc::malformed_answer);
    CHECK(refusal(R"({"value":{},"value":"https://h/"})") == errc::malformed_answer);
    CHECK(refusal(R"({"value":"https://h/","val\u0075e":"https://h/"})") == errc::malformed_answer);
}

TEST_CASE("an empty value and lone quotes and two layers of quoting are refused") {
    CHECK(refusal(body_with(R"("")")) == errc::malformed_link);
    CHECK(refusal(body_with(R"(" ")")) == errc::malformed_link);
    CHECK(refusal(body_with(R"("\"\"")")) == errc::malformed_link);
    CHECK(refusal(body_with(R"("\"")")) == errc::malformed_answer);
    CHECK(refusal(body_with(R"("\"https://h/p")")) == errc::malformed_answer);
    CHECK(refusal(body_with(R"("https://h/p\"")")) == errc::malformed_link);
    CHECK(refusal(body_with(R"("\"https://h/p\"x")")) == errc::malformed_answer);
    CHECK(refusal(body_with(R"("\"https://h/p\"\"https://h/p\"")")) == errc::malformed_answer);
    CHECK(refusal(body_with(quoted(quoted(quoted(plain))))) == errc::malformed_link);
    CHECK(refusal(body_with(R"("'https://h/p'")")) == errc::malformed_link);
}

TEST_CASE("control characters are refused in both layers") {
    CHECK(refusal(body_with("\"https://h/\n\"")) == errc::malformed_answer);
    CHECK(refusal(body_with(R"("https://h/\n")")) == errc::malformed_link);
    CHECK(refusal(body_with(R"("https://h/\u0000")")) == errc::malformed_link);
    CHECK(refusal(body_with(R"("https://h/\r\nX-A: b")")) == errc::malformed_link);
    CHECK(refusal(body_with(R"("\"https://h/\n\"")")) == errc::malformed_answer);
    CHECK(refusal(body_with(R"("\"https://h/\\n\"")")) == errc::malformed_link);
    CHECK(refusal(body_with(R"("https://h/\u00e9")")) == errc::malformed_link);
}

TEST_CASE("links of another scheme or with a user or to a strange port are refused") {
    for (const char* link :
         {"http://h/p", "ftp://h/p", "https://u:p@h/p", "https://h:0/p", "https://h:99999/p",
          "https://h%00/p", "https://h/p#f", "//h/p", "/p", "https:///p", "file:///etc/passwd"}) {
        CHECK(refusal(body_with(quoted(link))) == errc::malformed_link);
        CHECK(refusal(body_with(quoted(quoted(link)))) == errc::malformed_link);
    }
}

TEST_CASE("a link of 16 KiB is read in both shapes and one byte more is not") {
    const std::string head = "https://h/";
    for (const std::size_t size : {16383u, 16384u}) {
        const std::string link = head + std::string(size - head.size(), 'a');
        CHECK(url_in(body_with(quoted(link))) == link);
        CHECK(url_in(body_with(quoted(quoted(link)))) == link);
    }
    const std::string longer = head + std::string(16385 - head.size(), 'a');
    CHECK(refusal(body_with(quoted(longer))) == errc::malformed_link);
    CHECK(refusal(body_with(quoted(quoted(longer)))) == errc::malformed_link);
}

TEST_CASE("a link far over its bound and an answer over 1 MiB are refused") {
    const std::string huge = "https://h/" + std::string(900 * 1024, 'a');
    CHECK(refusal(body_with(quoted(huge))) == errc::malformed_link);
    CHECK(refusal(body_with(quoted(quoted(huge)))) == errc::malformed_link);
    CHECK(refusal(body_with(quoted(plain)) + std::string(1024 * 1024, ' ')) ==
          errc::answer_too_large);
    const std::string body = body_with(quoted(plain));
    CHECK(url_in(body + std::string(1024 * 1024 - body.size(), ' ')) == plain);
}

TEST_CASE("what is not JSON is refused") {
    const std::string body = body_with(quoted(quoted(plain)));
    for (std::size_t i = 0; i < body.size(); ++i)
        CHECK(refusal(body.substr(0, i)) == errc::malformed_answer);
    CHECK(refusal(body + "}") == errc::malformed_answer);
    CHECK(refusal(body + "{}") == errc::malformed_answer);
    CHECK(refusal("<html>") == errc::malformed_answer);
    CHECK(refusal(std::string_view()) == errc::malformed_answer);
    CHECK(refusal(R"({"value":"\ud800"})") == errc::malformed_answer);
    CHECK(refusal("{\"value\":\"\xff\"}") == errc::malformed_answer);
}

TEST_CASE("no message of a refusal holds a part of the link") {
    for (const std::string_view body :
         {R"({"value":"http://sekret.example/p"})", R"({"value":"https://sekret.example/p#f"})",
          R"({"value":["https://sekret.example/p"]})"})
        CHECK(refusal(body).message().find("sekret") == std::string::npos);
}

TEST_CASE("the link of the page does not declare its end and is assumed to live a minute") {
    // `se` without a signature means something else.
    const PackageUri uri = decoded("https://h/p?token=x&se=2024-05-01T11:00:00Z");
    CHECK(uri.expires_at() == sent + 60s);
    const PackageUri broken = decoded("https://h/p?se=never");
    CHECK(broken.expires_at() == sent + 60s);
}

TEST_CASE("the declared end of a signed link is read in each of its spellings") {
    const auto end_of = [](std::string_view se) {
        return decoded("https://h/p?sv=2024&se=" + std::string(se) + "&sig=x").expires_at() - sent;
    };
    CHECK(end_of("2024-05-01T12:00:30Z") == 30s);
    CHECK(end_of("2024-05-01T12%3A00%3A30Z") == 30s);
    CHECK(end_of("2024-05-01T12%3a00%3a30Z") == 30s);
    CHECK(end_of("2024-05-01T12:00:30.5Z") == 30s + 500ms);
    CHECK(end_of("2024-05-01T12:00Z") == 0s);
    CHECK(end_of("2024-05-01T11%3A59Z") == -60s);
    CHECK(end_of("2024-05-01") == -12h);
    CHECK(end_of("2024-05-02") == 60s);
    CHECK(end_of("2024-05-01T13:00:30+01:00") == 30s);
    CHECK(end_of("2030-01-01T00:00:00Z") == 60s);
}

TEST_CASE("a declared end that cannot be read is refused") {
    for (const char* se :
         {"", "never", "2024-05-01T12:00:30Z%", "2024-05-01T12", "2024-05-01T12Z",
          "2024-05-01T12:00", "2024-05", "2024-13-01", "1714564800", "2024-05-01T12:00Zx", "%00"}) {
        CAPTURE(se);
        CHECK(refusal(body_with(quoted("https://h/p?sig=x&se=" + std::string(se)))) ==
              errc::malformed_link);
        CHECK(refusal(body_with(quoted("https://h/p?sig=x&st=" + std::string(se)))) ==
              errc::malformed_link);
    }
}

TEST_CASE("a link whose declared end has passed is dead on arrival") {
    PackageUri uri = decoded("https://h/p?sig=x&se=2024-05-01T11:00:00Z");
    CHECK(uri.remaining(sent) == 0s);
    CHECK(std::move(uri).redeem(sent).error() == errc::package_uri_expired);
}

TEST_CASE("a link whose declared start lies ahead is not valid yet") {
    PackageUri early = decoded("https://h/p?sig=x&st=2024-05-01T12:00:10Z");
    CHECK(early.usable_from() == sent + 11s);
    CHECK(std::move(early).redeem(sent + 11s - 1ns).error() == errc::package_uri_not_yet_valid);
    PackageUri on_time = decoded("https://h/p?sig=x&st=2024-05-01T12:00:10Z");
    CHECK(std::move(on_time).redeem(sent + 11s).has_value());
    PackageUri past = decoded("https://h/p?sig=x&st=2024-05-01T11:00:00Z");
    CHECK(std::move(past).redeem(sent).has_value());
}

TEST_CASE("the date of the answer corrects our clock") {
    ResponseHead head(200);
    // The server's clock is ten minutes ahead of ours.
    REQUIRE(head.add_field("Date", "Wed, 01 May 2024 12:10:00 GMT"));
    CHECK(decoded("https://h/p?sig=x&se=2024-05-01T12:10:30Z", &head).expires_at() == sent + 29s);
    CHECK(decoded("https://h/p?sig=x&se=2024-05-01T12:00:30Z", &head).remaining(sent) == 0s);
    // A date that cannot be read is no date.
    ResponseHead odd(200);
    REQUIRE(odd.add_field("Date", "yesterday"));
    CHECK(decoded("https://h/p?sig=x&se=2024-05-01T12:00:30Z", &odd).expires_at() == sent + 30s);
    const ResponseHead none(200);
    CHECK(decoded("https://h/p?sig=x&se=2024-05-01T12:00:30Z", &none).expires_at() == sent + 30s);
}

TEST_CASE("the policy of the caller counts") {
    const PackageUri uri = decoded(plain, nullptr, {.assumed_life = 10s, .margin = 1s});
    CHECK(uri.expires_at() == sent + 10s);
    CHECK(uri.remaining(sent) == 9s);
}

TEST_CASE("the declared end counts alone where the call documents it") {
    const auto end_of = [](std::string_view link) {
        const std::string body = body_with(quoted(link));
        Answer made = answer(body);
        made.life = LinkLife::declared;
        return LinkCodec::decode(made)->expires_at() - sent;
    };
    CHECK(end_of("https://h/p?se=2024-05-01T12%3A30%3A00Z&sp=r&sv=2021&sr=b&sig=a/b%3D") == 30min);
    CHECK(end_of("https://h/p?se=2024-05-01T12%3A00%3A07Z&sig=x") == 7s);
    CHECK(end_of("https://h/p?sv=2021&sig=x") == 60s);
    CHECK(adopt_link(Secret("https://h/p?sig=x&se=2024-05-01T14:00:00Z"), Now{sent, noon}, {},
                     LinkLife::declared)
              ->expires_at() == sent + 2h);
}

TEST_CASE("a link obtained elsewhere is checked and counted from when it was asked for") {
    auto uri = adopt_link(Secret(plain), Now{sent, noon});
    REQUIRE(uri.has_value());
    CHECK(uri->expires_at() == sent + 60s);
    CHECK(uri->host() == "download.example");
    for (const char* link : {"", "http://h/p", "\"https://h/p\"", "https://u@h/p"})
        CHECK(adopt_link(Secret(link), Now{sent, noon}).error() == errc::malformed_link);
    CHECK(adopt_link(Secret("https://h/p?sig=x&se=2024-05-01T12:00:05Z"), Now{sent, noon})
              ->expires_at() == sent + 5s);
}
