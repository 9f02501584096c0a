// SPDX-License-Identifier: BSL-1.0
#include <mde/model/package_uri.hpp>

#include <mde/wire/package_uri_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using namespace mde;
using namespace std::chrono_literals;

namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};
template <class T>
concept RedeemsLvalue = requires(T& value, MonotonicTime now) {
    value.redeem(now);
};
template <class T>
concept RedeemsRvalue = requires(T&& value, MonotonicTime now) {
    std::move(value).redeem(now);
};
template <class T>
concept HasCStr = requires(const T& value) {
    value.c_str();
};

constexpr std::string_view url = "https://download.example:8443/package.zip?token=a%2fb";
const MonotonicTime sent{1000s};
const UtcTime noon{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + 12h};

PackageUri make(ExpiryPolicy policy = {}) {
    auto uri = wire::adopt_link(Secret(url), Now{sent, noon}, policy);
    REQUIRE(uri.has_value());
    return std::move(*uri);
}

error_code redeemed_at(MonotonicTime now, ExpiryPolicy policy = {}) {
    PackageUri uri = make(policy);
    const auto link = std::move(uri).redeem(now);
    CHECK(uri.valueless());
    return link.error();
}

} // namespace

static_assert(!std::copy_constructible<PackageUri>);
static_assert(!std::is_copy_assignable_v<PackageUri>);
static_assert(std::is_nothrow_default_constructible_v<PackageUri>);
static_assert(std::is_nothrow_move_constructible_v<PackageUri>);
static_assert(std::is_nothrow_move_assignable_v<PackageUri>);
static_assert(!std::constructible_from<PackageUri, std::string>);
static_assert(!std::constructible_from<PackageUri, std::string_view>);
static_assert(!std::constructible_from<PackageUri, const char*>);
static_assert(!std::constructible_from<PackageUri, Secret>);
static_assert(!std::constructible_from<std::string, const PackageUri&>);
static_assert(!std::constructible_from<std::string_view, const PackageUri&>);
static_assert(!std::convertible_to<PackageUri, bool>);
static_assert(!std::default_initializable<PackageUriKey>);
static_assert(!std::is_aggregate_v<PackageUriKey>);
static_assert(!std::equality_comparable<PackageUri>);
static_assert(!Printable<PackageUri> && !Printable<LiveLink> && !Printable<Secret>);
static_assert(!HasCStr<PackageUri> && !HasCStr<LiveLink>);
static_assert(!RedeemsLvalue<PackageUri> && !RedeemsLvalue<const PackageUri>);
static_assert(RedeemsRvalue<PackageUri>);
static_assert(!std::copy_constructible<LiveLink>);
static_assert(std::is_nothrow_move_constructible_v<LiveLink>);
static_assert(std::is_nothrow_default_constructible_v<LiveLink>);
static_assert(!std::constructible_from<std::string, const LiveLink&>);

TEST_CASE("what is safe to show is shown") {
    const PackageUri uri = make();
    CHECK_FALSE(uri.valueless());
    CHECK(uri.host() == "download.example");
    CHECK(uri.port() == 8443);
    CHECK(uri.expires_at() == sent + 60s);
    CHECK(uri.usable_from() == sent);
    CHECK(uri.remaining(sent) == 58s);
    CHECK(uri.remaining(sent + 57s) == 1s);
    CHECK(uri.remaining(sent + 58s) == 0s);
    CHECK(uri.remaining(sent + 1h) == 0s);
}

TEST_CASE("a redeemed link has the bytes of the service and leaves nothing behind") {
    PackageUri uri = make();
    const auto link = std::move(uri).redeem(sent + 1s);
    REQUIRE(link.has_value());
    CHECK(link->expose_url() == url);
    CHECK(link->expose_target() == "/package.zip?token=a%2fb");
    CHECK(link->host() == "download.example");
    CHECK(link->port() == 8443);
    CHECK(uri.valueless());
    CHECK(uri.host().empty());
    CHECK(uri.remaining(sent) == 0s);
}

TEST_CASE("a link is redeemed once") {
    PackageUri uri = make();
    CHECK(std::move(uri).redeem(sent + 1s).has_value());
    CHECK(std::move(uri).redeem(sent + 1s).error() == errc::package_uri_spent);
}

TEST_CASE("an attempt that fails spends the link") {
    PackageUri uri = make();
    CHECK(std::move(uri).redeem(sent - 1s).error() == errc::clock_went_back);
    CHECK(std::move(uri).redeem(sent + 1s).error() == errc::package_uri_spent);
}

TEST_CASE("default-constructed and moved-from are one valueless state") {
    PackageUri empty;
    CHECK(empty.valueless());
    CHECK(empty.host().empty());
    CHECK(empty.remaining(sent) == 0s);
    CHECK(std::move(empty).redeem(sent).error() == errc::package_uri_spent);
    PackageUri from = make();
    PackageUri to = std::move(from);
    CHECK(from.valueless());
    CHECK(from.host().empty());
    CHECK(from.remaining(sent) == 0s);
    CHECK(std::move(from).redeem(sent).error() == errc::package_uri_spent);
    CHECK(to.host() == "download.example");
    from = std::move(to);
    CHECK(to.valueless());
    CHECK(std::move(from).redeem(sent).has_value());
}

TEST_CASE("the margin is the last moment to redeem") {
    CHECK_FALSE(redeemed_at(sent).failed());
    CHECK_FALSE(redeemed_at(sent + 58s - 1ns).failed());
    CHECK(redeemed_at(sent + 58s) == errc::package_uri_expired);
    CHECK(redeemed_at(sent + 58s + 1ns) == errc::package_uri_expired);
    CHECK(redeemed_at(sent + 60s) == errc::package_uri_expired);
    CHECK(redeemed_at(MonotonicTime::max()) == errc::package_uri_expired);
}

TEST_CASE("without a margin the end itself is the last moment") {
    const ExpiryPolicy policy{.assumed_life = 60s, .margin = 0s};
    CHECK_FALSE(redeemed_at(sent + 60s - 1ns, policy).failed());
    CHECK(redeemed_at(sent + 60s, policy) == errc::package_uri_expired);
}

TEST_CASE("a margin as long as the life leaves no moment") {
    CHECK(redeemed_at(sent, {.assumed_life = 60s, .margin = 60s}) == errc::package_uri_expired);
    CHECK(redeemed_at(sent, {.assumed_life = 60s, .margin = 61s}) == errc::package_uri_expired);
    CHECK(redeemed_at(sent, {.assumed_life = 60s, .margin = Duration::max()}) ==
          errc::package_uri_expired);
    CHECK_FALSE(redeemed_at(sent, {.assumed_life = 60s, .margin = 60s - 1ns}).failed());
    CHECK(redeemed_at(sent, {.assumed_life = 0s, .margin = 0s}) == errc::package_uri_expired);
}

TEST_CASE("a clock that went back is told apart from a link that is old") {
    CHECK(redeemed_at(sent - 1ns) == errc::clock_went_back);
    CHECK(redeemed_at(MonotonicTime::min()) == errc::clock_went_back);
}

TEST_CASE("a live link says how long it may still be sent") {
    PackageUri uri = make();
    auto redeemed = std::move(uri).redeem(sent);
    REQUIRE(redeemed.has_value());
    LiveLink link = std::move(*redeemed);
    CHECK(link.is_live(sent));
    CHECK(link.is_live(sent + 58s - 1ns));
    CHECK_FALSE(link.is_live(sent + 58s));
    CHECK_FALSE(LiveLink().is_live(MonotonicTime::min()));
}

TEST_CASE("a live link that was never there or was moved from shows nothing") {
    const LiveLink none;
    CHECK(none.host().empty());
    CHECK(none.expose_target().empty());
    CHECK(none.expose_url().empty());
    PackageUri uri = make();
    auto redeemed = std::move(uri).redeem(sent);
    LiveLink link = std::move(*redeemed);
    const LiveLink moved = std::move(link);
    CHECK(moved.host() == "download.example");
    CHECK(link.host().empty());
    CHECK(link.expose_target().empty());
    CHECK(link.expose_url().empty());
    CHECK_FALSE(link.is_live(sent));
}

TEST_CASE("another clock and another policy make another link type") {
    struct Never {
        Duration margin{};
        MonotonicTime expires_at(const LinkTimes&) const { return MonotonicTime::max(); }
        MonotonicTime starts_at(const LinkTimes&) const { return MonotonicTime{}; }
    };
    static_assert(std::movable<BasicPackageUri<Timeline, Never>>);
    static_assert(!std::copy_constructible<BasicPackageUri<Timeline, Never>>);
    CHECK(BasicPackageUri<Timeline, Never>().valueless());
}

TEST_CASE("a margin of any size ends at the ends of the time-line") {
    const auto with_margin = [](Duration margin) {
        ExpiryPolicy policy;
        policy.margin = margin;
        return policy;
    };
    CHECK(redeemed_at(sent, with_margin(Duration::max())) == errc::package_uri_expired);
    CHECK_FALSE(redeemed_at(sent, with_margin(Duration::min())));
    CHECK_FALSE(redeemed_at(sent + 10h, with_margin(-24h)));
    CHECK(make(with_margin(Duration::max())).remaining(sent) == 0s);
    CHECK(make(with_margin(Duration::min())).remaining(MonotonicTime::min()) == Duration::max());
    ExpiryPolicy endless = with_margin(Duration::min());
    endless.assumed_life = Duration::max();
    CHECK(make(endless).remaining(MonotonicTime(-5s)) == Duration::max());
    CHECK_FALSE(redeemed_at(MonotonicTime::max() - 1ns, endless));
}
