// SPDX-License-Identifier: BSL-1.0
// What a link can and cannot do, as the compiler sees it. main is empty: compiling is the
// demonstration.

#include <mde/model/expiry_policy.hpp>
#include <mde/model/package_uri.hpp>

#include <chrono>
#include <concepts>
#include <iosfwd>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using namespace std::chrono_literals;
using mde::MonotonicTime;
using mde::PackageUri;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};
template <class T>
concept RedeemableTwice = requires(T& uri) {
    uri.redeem(MonotonicTime());
};

//[package_uri_rules
// It cannot be copied, compared, printed or turned into text,
static_assert(!std::copy_constructible<PackageUri> &&
              std::is_nothrow_move_constructible_v<PackageUri>);
static_assert(!std::equality_comparable<PackageUri> && !Printable<PackageUri>);
static_assert(!std::convertible_to<PackageUri, std::string>);
static_assert(!std::convertible_to<PackageUri, std::string_view>);
// nor made from text, or by braces.
static_assert(!std::constructible_from<PackageUri, std::string>);
static_assert(!std::constructible_from<PackageUri, const char*>);
// It is used once: only what is moved away can be redeemed.
static_assert(!RedeemableTwice<PackageUri> && !RedeemableTwice<const PackageUri>);

// The service says only "very short": a link counts as dead a minute after it was asked for.
constexpr MonotonicTime asked{100s};
constexpr mde::LinkTimes opaque{{asked, {}}, {}, {}, {}};
static_assert(mde::ExpiryPolicy().expires_at(opaque) == asked + 60s);

// A link that declares its own end is held to it, where that is earlier.
constexpr mde::UtcTime noon(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + 12h);
constexpr mde::LinkTimes declared{{asked, noon}, noon, {}, noon + 20s};
static_assert(mde::ExpiryPolicy().expires_at(declared) == asked + 19s);

// A consumer who knows better says so.
constexpr mde::ExpiryPolicy patient{.assumed_life = 10min, .margin = 5s};
static_assert(patient.expires_at(opaque) == asked + 10min);
//]

int main() {}
