// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_PACKAGE_URI_HPP
#define MDE_MODEL_PACKAGE_URI_HPP

/// @file
/// The link to a package as a capability: it is used once, in time, or not at all.

#include <mde/base/result.hpp>
#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>
#include <mde/model/expiry_policy.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

namespace wire {
class PackageUriMint;
}

/// Where the parts of a link's text lie. Only `wire/` fills it in, after checking every byte.
struct LinkLayout {
    /// Offset of the host in the text, in bytes.
    std::size_t host_begin = 0;
    /// Length of the host, in bytes.
    std::size_t host_size = 0;
    /// Offset of path and query, which go on to the end, in bytes.
    std::size_t target_begin = 0;
    /// From 1 to 65535.
    std::uint16_t port = 443;
};

/// The right to make one. Its constructor is private to `wire/`, so that a link can only come from
/// a checked answer or from `adopt_link()`.
class PackageUriKey {
    friend class wire::PackageUriMint;
    PackageUriKey() = default;
};

/// A link that was redeemed and may be sent now. Not copyable, not printable; wiped when it goes.
/// Distinct objects: safe. Shared objects: unsafe.
template <class Clock>
class [[nodiscard]] BasicLiveLink {
  public:
    /// See `BasicPackageUri`.
    using time_point = typename Clock::time_point;

    BasicLiveLink() noexcept = default;
    /// Leaves the other one without a link.
    BasicLiveLink(BasicLiveLink&&) noexcept = default;
    /// Likewise; what was here is wiped.
    BasicLiveLink& operator=(BasicLiveLink&&) noexcept = default;

    /// Safe to show. Empty when moved from.
    std::string_view host() const noexcept {
        return text_.empty() ? std::string_view()
                             : text_.expose().substr(layout_.host_begin, layout_.host_size);
    }
    /// 443 unless the link says otherwise.
    std::uint16_t port() const noexcept { return layout_.port; }

    /// Path and query exactly as the service wrote them. A secret: goes into a request line only.
    std::string_view expose_target() const noexcept {
        return text_.empty() ? std::string_view() : text_.expose().substr(layout_.target_begin);
    }
    /// The whole URL exactly as the service wrote it. A secret.
    std::string_view expose_url() const noexcept { return text_.expose(); }

    /// To be asked again right before the request leaves.
    bool is_live(time_point now) const noexcept { return !text_.empty() && now < last_use_; }

  private:
    template <class, class>
    friend class BasicPackageUri;

    BasicLiveLink(Secret text, const LinkLayout& layout, time_point last_use) noexcept
        : text_(std::move(text)), layout_(layout), last_use_(last_use) {}

    Secret text_;
    LinkLayout layout_;
    time_point last_use_{};
};

/// A link to a package, fresh from the service. Move-only; default-constructed, moved-from and
/// redeemed are one *valueless* state. There is no operator, conversion or formatter that shows it;
/// `host()`, `expires_at()` and `remaining()` are safe to show. Its memory is wiped when it goes.
/// Source: "Get package SAS URI": "valid for a very short time and should be used immediately".
///
/// `PackageUri` is this with the default time-line and policy. `Clock` gives the time-line (only
/// its types are used), `Policy` decides when the link ends; see `ExpiryPolicy`.
/// Distinct objects: safe. Shared objects: unsafe.
template <class Clock, class Policy>
class [[nodiscard]] BasicPackageUri {
  public:
    /// The time-line; it is never asked for the time.
    using clock = Clock;
    /// A moment on the time-line.
    using time_point = typename Clock::time_point;
    /// A span on the time-line.
    using duration = typename Clock::duration;
    /// What redeeming gives.
    using LiveLink = BasicLiveLink<Clock>;

    /// Valueless.
    BasicPackageUri() noexcept = default;

    /// For `wire/` only; the key says so.
    BasicPackageUri(PackageUriKey, Secret text, const LinkLayout& layout, const LinkTimes& times,
                    const Policy& policy) noexcept
        : text_(std::move(text)),
          layout_(layout),
          requested_at_(times.requested.monotonic),
          usable_from_(policy.starts_at(times)),
          expires_at_(policy.expires_at(times)),
          margin_(policy.margin) {}

    /// Leaves the other one valueless.
    BasicPackageUri(BasicPackageUri&&) noexcept = default;
    /// Likewise; what was here is wiped.
    BasicPackageUri& operator=(BasicPackageUri&&) noexcept = default;
    BasicPackageUri(const BasicPackageUri&) = delete;
    BasicPackageUri& operator=(const BasicPackageUri&) = delete;

    /// True if there is no link: never was, was moved away, or was redeemed.
    bool valueless() const noexcept { return text_.empty(); }

    /// Empty when valueless.
    std::string_view host() const noexcept {
        return valueless() ? std::string_view()
                           : text_.expose().substr(layout_.host_begin, layout_.host_size);
    }
    /// 443 unless the link says otherwise. Safe to show.
    std::uint16_t port() const noexcept { return layout_.port; }

    /// When the link ends.
    time_point expires_at() const noexcept { return expires_at_; }
    /// When the link begins: later than now only for a declared start in the future.
    time_point usable_from() const noexcept { return usable_from_; }

    /// The time left for redeeming it: up to the end less the policy's margin; never negative.
    duration remaining(time_point now) const noexcept {
        if (valueless() || now >= last_use()) return duration::zero();
        return saturating_difference(last_use(), now);
    }

    /// Trades the link for its bytes; the object is valueless afterwards, and the bytes are wiped
    /// unless they are in the result. Call it on an rvalue: `std::move(uri).redeem(now)`.
    /// @par Errors errc::package_uri_spent, errc::package_uri_expired,
    /// errc::package_uri_not_yet_valid, errc::clock_went_back
    [[nodiscard]] result<LiveLink> redeem(time_point now) && noexcept {
        Secret text = std::move(text_);
        if (text.empty()) return make_error_code(errc::package_uri_spent);
        if (now < requested_at_) return make_error_code(errc::clock_went_back);
        if (now < usable_from_) return make_error_code(errc::package_uri_not_yet_valid);
        if (now >= last_use()) return make_error_code(errc::package_uri_expired);
        return LiveLink(std::move(text), layout_, last_use());
    }

    /// A link is redeemed once: write `std::move(uri).redeem(now)`.
    result<LiveLink> redeem(time_point now) & = delete;
    result<LiveLink> redeem(time_point now) const& = delete;

  private:
    time_point last_use() const noexcept { return saturating_subtract(expires_at_, margin_); }

    Secret text_;
    LinkLayout layout_;
    time_point requested_at_{};
    time_point usable_from_{};
    time_point expires_at_{};
    duration margin_{};
};

/// The link to a package as this SDK hands it out: `Client::async_mint_link` gives one,
/// `Client::async_download` takes it, `wire::adopt_link` makes one from a link that was obtained
/// elsewhere.
///
/// `BasicPackageUri` says what it can and cannot do.
using PackageUri = BasicPackageUri<Timeline, ExpiryPolicy>;
/// A redeemed link, by the default time-line; see `BasicLiveLink`.
using LiveLink = BasicLiveLink<Timeline>;

} // namespace mde::inline MDE_ABI

#endif
