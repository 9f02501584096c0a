// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/openssl_hmac.hpp>
#include <mde/base/sha256_digest.hpp>
#include <mde/service/byte_range.hpp>
#include <mde/service/guid_source.hpp>
#include <mde/service/link_signer.hpp>
#include <mde/service/query.hpp>

#include <doctest/doctest.h>

#include <boost/url/encoding_opts.hpp>
#include <boost/url/params_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace service = mde::service;
using Kind = service::ByteRange::Kind;
using namespace mde::literals;

static_assert(service::Signer<mde::OpensslHmac>);

static_assert(service::select_range("", 10) == service::ByteRange{Kind::whole, 0, 10});
static_assert(service::select_range("bytes=0-", 10) == service::ByteRange{Kind::part, 0, 10});
static_assert(service::select_range("Bytes=2-3", 10) == service::ByteRange{Kind::part, 2, 2});
static_assert(service::select_range("bytes=2-99", 10) == service::ByteRange{Kind::part, 2, 8});
static_assert(service::select_range("bytes=9-9", 10) == service::ByteRange{Kind::part, 9, 1});
static_assert(service::select_range("bytes=-3", 10) == service::ByteRange{Kind::part, 7, 3});
static_assert(service::select_range("bytes=-99", 10) == service::ByteRange{Kind::part, 0, 10});
static_assert(service::select_range("bytes=10-", 10).kind == Kind::unsatisfiable);
static_assert(service::select_range("bytes=-0", 10).kind == Kind::unsatisfiable);
static_assert(service::select_range("bytes=0-", 0).kind == Kind::unsatisfiable);
static_assert(service::select_range("bytes=3-2", 10).kind == Kind::whole);
static_assert(service::select_range("bytes=-", 10).kind == Kind::whole);
static_assert(service::select_range("bytes=a-2", 10).kind == Kind::whole);
static_assert(service::select_range("bytes=1-2,4-5", 10).kind == Kind::whole);
static_assert(service::select_range("lines=1-2", 10).kind == Kind::whole);
static_assert(service::select_range("bytes=1-9223372036854775807", 10) ==
              service::ByteRange{Kind::part, 1, 9});

TEST_CASE("HMAC of OpenSSL gives the value of RFC 4231") {
    const std::string key = "Jefe";
    const std::string text = "what do ya want for nothing?";
    const mde::OpensslHmac signer(std::as_bytes(std::span(key)));
    const mde::Sha256Digest digest{signer.sign(std::as_bytes(std::span(text)))};
    CHECK(digest.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("random keys differ and an empty key is one of its own") {
    const std::string text = "x";
    const auto bytes = std::as_bytes(std::span(text));
    const auto first = mde::OpensslHmac::with_random_key();
    const auto second = mde::OpensslHmac::with_random_key();
    CHECK(first.sign(bytes) != second.sign(bytes));
    CHECK(first.sign(bytes) == first.sign(bytes));
    const mde::OpensslHmac empty{std::span<const std::byte>()};
    CHECK(empty.sign(bytes) == empty.sign(bytes));
    CHECK(empty.sign(bytes) != first.sign(bytes));
}

TEST_CASE("a link is good for its key only") {
    const auto signer = mde::OpensslHmac::with_random_key();
    const service::LinkClaims claims{"7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action,
                                     mde::UtcTime(mde::Ticks(17'000'000'000'000'001)), "n1"};
    const std::string target = service::link_target(signer, claims);
    const auto read = service::check_link(signer, target);
    REQUIRE(read);
    CHECK(read->action == claims.action);
    CHECK(read->expires_at == claims.expires_at);
    CHECK(read->nonce == "n1");
    CHECK(!service::check_link(mde::OpensslHmac::with_random_key(), target));
    for (const std::string_view bad :
         {"", "/", "/x?token", "/x?token=a", "/x?token=;", "/x?token=%3b%3b", "/x?t=1"})
        CHECK(!service::check_link(signer, bad));
}

TEST_CASE("comparing in constant time still compares") {
    CHECK(service::equal_in_constant_time("", ""));
    CHECK(service::equal_in_constant_time("abc", "abc"));
    CHECK(!service::equal_in_constant_time("abc", "abd"));
    CHECK(!service::equal_in_constant_time("abc", "ab"));
    CHECK(!service::equal_in_constant_time("\x7f", "\xff"));
}

TEST_CASE("GUIDs are lower case and repeat with their seed only") {
    service::GuidSource first(1);
    service::GuidSource same(1);
    service::GuidSource other(2);
    const std::string guid = first.guid();
    CHECK(mde::is_guid(guid));
    CHECK(guid[14] == '4');
    CHECK(guid == same.guid());
    CHECK(guid != first.guid());
    CHECK(guid != other.guid());
}

TEST_CASE("queries are decoded behind a gate") {
    const auto parameters = service::parse_query("/p?$top=1&$filter=a%20eq%20'b%27'+c&x");
    REQUIRE(parameters);
    REQUIRE(parameters->size() == 3);
    CHECK((*parameters)[0] == std::pair<std::string, std::string>("$top", "1"));
    CHECK((*parameters)[1].second == "a eq 'b'' c");
    CHECK((*parameters)[2].first == "x");
    CHECK(service::parse_query("/p")->empty());
    CHECK(service::parse_query("/p?")->empty());
    CHECK(service::parse_query("//p?a=1")->size() == 1);
    CHECK(service::parse_query("/p??")->size() == 1);
    for (const std::string_view bad : {"", "p", "/p?#", "/p#?", "/p?[", "/p?%", "/p?%2", "/p?%gg",
                                       "/p?\"", "/p? ", "/p?\x80", "/p?a=1&A=2", "/p?<", "/p?^"})
        CHECK(!service::parse_query(bad));
    CHECK(!service::parse_query("/p?" + std::string(mde::bounds::link, 'a')));
}

namespace {

/// The parameters of `query`, which begins with `/?`, as Boost.URL reads them.
service::QueryParameters by_boost(std::string_view query) {
    const auto url = boost::urls::parse_origin_form(query);
    REQUIRE(url.has_value());
    boost::urls::encoding_opts options;
    options.space_as_plus = true;
    service::QueryParameters parameters;
    for (const auto& parameter : url->params(options))
        parameters.emplace_back(parameter.key, parameter.value);
    return parameters;
}

} // namespace

TEST_CASE("queries are taken apart as Boost.URL does it") {
    const std::vector<std::string_view> pieces{"a", "b", "=", "&", "+", "%3d", "%26", "?"};
    std::size_t compared = 0;
    for (std::size_t number = 1; number < 8 * 8 * 8 * 8 * 8; ++number) {
        std::string query = "/?";
        for (std::size_t rest = number; rest != 0; rest /= 8) query += pieces[rest % 8];
        // Empty where a name comes twice, of which Boost.URL takes no notice.
        const auto parameters = service::parse_query(query);
        if (!parameters) continue;
        ++compared;
        if (*parameters != by_boost(query)) FAIL_CHECK(query);
    }
    CHECK(compared > 20'000);
}
