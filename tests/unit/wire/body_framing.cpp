// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/body_framing.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>

using namespace mde;
using namespace mde::wire;

namespace {

ResponseHead head(unsigned status, std::initializer_list<HeaderField> fields) {
    ResponseHead made(status);
    for (const HeaderField& field : fields) REQUIRE(made.add_field(field.name, field.value));
    return made;
}

error_code refusal(unsigned status, std::initializer_list<HeaderField> fields) {
    return body_framing(head(status, fields)).error();
}

} // namespace

TEST_CASE("a body ends by its length or its chunks or the end of the connection") {
    CHECK(*body_framing(head(200, {{"Content-Length", "17"}})) ==
          BodyFraming{BodyEnd::by_length, 17});
    CHECK(*body_framing(head(200, {{"content-length", "0"}})) ==
          BodyFraming{BodyEnd::by_length, 0});
    CHECK(*body_framing(head(200, {{"Transfer-Encoding", "chunked"}})) ==
          BodyFraming{BodyEnd::by_chunks, 0});
    CHECK(*body_framing(head(200, {{"transfer-encoding", "Chunked"}})) ==
          BodyFraming{BodyEnd::by_chunks, 0});
    CHECK(*body_framing(head(200, {})) == BodyFraming{BodyEnd::by_close, 0});
}

TEST_CASE("204 and 304 have no body whatever they declare") {
    for (const unsigned status : {204u, 304u}) {
        CHECK(*body_framing(head(status, {})) == BodyFraming{BodyEnd::by_length, 0});
        CHECK(*body_framing(head(status, {{"Content-Length", "9"}})) ==
              BodyFraming{BodyEnd::by_length, 0});
        CHECK(*body_framing(head(status, {{"Transfer-Encoding", "chunked"}})) ==
              BodyFraming{BodyEnd::by_length, 0});
    }
}

TEST_CASE("a status that no final answer has is refused") {
    for (const unsigned status : {0u, 99u, 100u, 103u, 199u, 600u, 999u})
        CHECK(refusal(status, {{"Content-Length", "1"}}) == errc::malformed_head);
    for (const unsigned status : {200u, 201u, 299u, 301u, 404u, 599u})
        CHECK(body_framing(head(status, {{"Content-Length", "1"}})));
}

TEST_CASE("length and coding at once are refused in both orders") {
    CHECK(refusal(200, {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}) ==
          errc::malformed_head);
    CHECK(refusal(200, {{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}) ==
          errc::malformed_head);
    CHECK(refusal(200, {{"Transfer-Encoding", "gzip"}, {"Content-Length", "5"}}) ==
          errc::malformed_head);
    CHECK(refusal(204, {{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}) ==
          errc::malformed_head);
}

TEST_CASE("a coding other than exactly chunked is refused") {
    for (const char* coding :
         {"", "gzip", "identity", "xchunked", "chunkedx", "chunked, identity", "gzip, chunked",
          "chunked,chunked", "chunked;q=1", " chunked", "chunked ", "\tchunked"}) {
        CAPTURE(coding);
        CHECK(refusal(200, {{"Transfer-Encoding", coding}}) == errc::malformed_head);
    }
    CHECK(refusal(200, {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}) ==
          errc::malformed_head);
}

TEST_CASE("two lengths are refused even if they agree") {
    CHECK(refusal(200, {{"Content-Length", "5"}, {"Content-Length", "5"}}) == errc::malformed_head);
    CHECK(refusal(200, {{"Content-Length", "5"}, {"content-LENGTH", "6"}}) == errc::malformed_head);
    CHECK(refusal(200, {{"Content-Length", "5, 5"}}) == errc::malformed_head);
}

TEST_CASE("a length that is no number is refused") {
    for (const char* length :
         {"", " 5", "5 ", "+5", "-5", "0x5", "5.0", "1e3", "five", "5\n", "9223372036854775808",
          "99999999999999999999", "18446744073709551621"}) {
        CAPTURE(length);
        CHECK(refusal(200, {{"Content-Length", length}}) == errc::malformed_head);
        CHECK(refusal(204, {{"Content-Length", length}}) == errc::malformed_head);
    }
}

TEST_CASE("a length is below two to the 63rd") {
    CHECK(parse_length("0") == 0u);
    CHECK(parse_length("007") == 7u);
    CHECK(parse_length("2147483648") == 2147483648u);
    CHECK(parse_length("9223372036854775806") == 9223372036854775806u);
    CHECK(parse_length("9223372036854775807") == 9223372036854775807u);
    CHECK_FALSE(parse_length("9223372036854775808"));
    CHECK_FALSE(parse_length("9999999999999999999"));
    CHECK_FALSE(parse_length(std::string(20, '0')));
    CHECK(parse_length(std::string(19, '0')) == 0u);
}
