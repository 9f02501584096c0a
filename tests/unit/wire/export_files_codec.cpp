// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/export_files_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace mde;
using namespace mde::wire;
using namespace std::chrono_literals;

namespace {

using ExportCodec = Codec<ExportFiles>;

const MonotonicTime asked_at{1000s};
const UtcTime noon{std::chrono::sys_days(std::chrono::year(2021) / 1 / 11) + 12h};

Answer answer(std::string_view body, const ResponseHead* head = nullptr) {
    Answer made;
    made.head = head;
    made.body = body;
    made.sent = Now{asked_at, noon};
    made.life = LinkLife::declared;
    return made;
}

result<ExportFiles> decode_files(std::string_view body) {
    return ExportCodec::decode(answer(body));
}
error_code refusal(std::string_view body) { return decode_files(body).error(); }

/// The documented order of parameters, with a signature that holds escapes.
std::string link(std::string_view se) {
    return "https://acct.blob.core.windows.net/tvm-export/2021-01-11/1101/part-0.json.gz?sv=2019-12"
           "-12&st=2021-01-11T11%3A00%3A00Z&se=" +
           std::string(se) + "&sr=b&sp=r&sig=a%2Fb%2Bc%3D";
}

} // namespace

TEST_CASE("the documented envelope is read and each link says its own end") {
    const std::string first = link("2021-01-11T14%3A00%3A00Z");
    const std::string body =
        R"({"@odata.context":"https://api.securitycenter.microsoft.com/api/)"
        R"($metadata#microsoft.windowsDefenderATP.api.ExportFilesResponse","exportFiles":[")" +
        first + R"(",")" + link("2021-01-11T12%3A00%3A20Z") +
        R"("],"generatedTime":"2021-01-11T11:01:00Z"})";
    auto files = decode_files(body);
    REQUIRE(files.has_value());
    CHECK(files->generated == *parse_date("2021-01-11T11:01:00Z"));
    REQUIRE(files->files.size() == 2);
    CHECK(files->files[0].expires_at() == asked_at + 2h);
    CHECK(files->files[1].expires_at() == asked_at + 20s);
    CHECK(files->files[0].usable_from() == asked_at);
    CHECK(files->files[0].host() == "acct.blob.core.windows.net");
    const auto live = std::move(files->files[0]).redeem(asked_at + 1h);
    REQUIRE(live.has_value());
    CHECK(live->expose_url() == first);
}

TEST_CASE("what the service side writes is read back") {
    const std::vector<std::string> links{link("2021-01-11T14%3A00%3A00Z"),
                                         "https://h/p?se=2021-01-11T13%3A00%3A00Z&sp=r&sv=2021&"
                                         "sr=b&sig=raw/slash%3D"};
    for (const std::optional<UtcTime> generated :
         {std::optional<UtcTime>(), std::optional<UtcTime>(noon + Ticks(1))}) {
        auto files = decode_files(ExportCodec::encode(links, generated, "https://api.example"));
        REQUIRE(files.has_value());
        CHECK(files->generated == generated);
        REQUIRE(files->files.size() == 2);
        for (std::size_t i = 0; i < 2; ++i)
            CHECK(std::move(files->files[i]).redeem(asked_at)->expose_url() == links[i]);
    }
    CHECK(ExportCodec::encode({}, {}, "https://h")
              .starts_with(R"({"@odata.context":"https://h/api/$metadata#microsoft.)"
                           R"(windowsDefenderATP.api.ExportFilesResponse",)"));
}

TEST_CASE("an empty export is one without files") {
    const auto files = decode_files(R"({"exportFiles":[],"generatedTime":null})");
    REQUIRE(files.has_value());
    CHECK(files->files.empty());
    CHECK_FALSE(files->generated);
    CHECK_FALSE(
        decode_files(R"({"exportFiles":[],"generatedTime":"0001-01-01T00:00:00Z"})")->generated);
    CHECK(decode_files(R"({"exportFiles":[],"generatedTime":"2021-01-11 11:01:00","new":{}})")
              ->generated == *parse_date("2021-01-11T11:01:00Z"));
}

TEST_CASE("an envelope of another shape is refused") {
    for (const char* body :
         {"", "[]", "{}", "null", R"({"exportFiles":null})", R"({"exportFiles":{}})",
          R"({"exportFiles":"https://h/p"})", R"({"ExportFiles":[]})", R"({"exportFiles":[null]})",
          R"({"exportFiles":["https://h/p",7]})", R"({"exportFiles":[["https://h/p"]]})",
          R"({"exportFiles":[],"generatedTime":7})", R"({"exportFiles":[],"generatedTime":"soon"})",
          R"({"value":"https://h/p"})", R"({"exportFiles":[)"}) {
        CAPTURE(body);
        CHECK(refusal(body) == errc::malformed_answer);
    }
    CHECK(refusal(R"({"exportFiles":[],"exportFiles":[]})") == errc::duplicate_member);
}

TEST_CASE("one link that is none refuses them all") {
    for (const char* bad : {"", "http://h/p", "https://h", "https://u@h/p", "https://h/p#f",
                            "https://h/p?sig=x&se=never", R"(\"https://h/p\")"}) {
        CHECK(refusal(R"({"exportFiles":["https://h/p","https://h/p",")" + std::string(bad) +
                      R"("]})") == errc::malformed_link);
    }
}

TEST_CASE("the number of files is bounded and so is each link and all of them together") {
    const auto with_files = [](std::size_t count) {
        std::string body = R"({"exportFiles":[)";
        for (std::size_t i = 0; i < count; ++i)
            body += i == 0 ? R"("https://h/p")" : R"(,"https://h/p")";
        return body + "]}";
    };
    for (const std::size_t count : {bounds::export_files - 1, bounds::export_files}) {
        const auto files = decode_files(with_files(count));
        REQUIRE(files.has_value());
        CHECK(files->files.size() == count);
    }
    CHECK(refusal(with_files(bounds::export_files + 1)) == errc::answer_too_large);
    const auto of_size = [](std::size_t size) {
        return R"({"exportFiles":["https://h/)" + std::string(size - 10, 'a') + R"("]})";
    };
    CHECK(decode_files(of_size(bounds::link)).has_value());
    CHECK(refusal(of_size(bounds::link + 1)) == errc::malformed_link);
    std::string large = R"({"exportFiles":["https://h/p")";
    while (large.size() < bounds::json_text)
        large += R"(,"https://h/)" + std::string(8000, 'a') + '"';
    CHECK(refusal(large + "]}") == errc::answer_too_large);
}

TEST_CASE("the date of the answer corrects our clock for every link") {
    ResponseHead head(200);
    REQUIRE(head.add_field("Date", "Mon, 11 Jan 2021 12:10:00 GMT"));
    const std::string body = R"({"exportFiles":[")" + link("2021-01-11T14%3A00%3A00Z") + R"("]})";
    const auto files = ExportCodec::decode(answer(body, &head));
    REQUIRE(files.has_value());
    CHECK(files->files[0].expires_at() == asked_at + 110min - 1s);
}

TEST_CASE("no message of a refusal holds a part of a link") {
    for (const char* body : {R"({"exportFiles":["http://sekret.example/p"]})",
                             R"({"exportFiles":[{"sekret":1}]})", R"({"exportFiles":"sekret"})"})
        CHECK(refusal(body).message().find("sekret") == std::string::npos);
}
