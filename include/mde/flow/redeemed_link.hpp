// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_REDEEMED_LINK_HPP
#define MDE_FLOW_REDEEMED_LINK_HPP

/// @file
/// The link that a transfer works with: asked for, waited for, redeemed, and followed where its
/// host sends it.

#include <mde/base/result.hpp>
#include <mde/flow/classify.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/link_source.hpp>
#include <mde/flow/step.hpp>
#include <mde/wire/http_message.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include <utility>

namespace mde::inline MDE_ABI::flow {

/// A flow for one link, started anew for each; a link that died before it could be redeemed is
/// followed by another one, as long as there are some. After `Finish` there is an `error()`, or the
/// link is `live()`. Distinct objects: safe. Shared objects: unsafe.
/// @par Errors those of the links; errc::package_uri_expired, errc::package_uri_spent,
/// errc::clock_went_back, errc::link_not_allowed, errc::deadline_exceeded
template <LinkSource Links>
class RedeemedLink {
  public:
    /// `links` and `receipt`, which is told about each link, outlive the flow.
    RedeemedLink(const Context& context, Links& links, LinkKind kind, Receipt& receipt) noexcept
        : context_(context), links_(&links), kind_(kind), receipt_(&receipt) {}

    /// @{
    /// As those of a `Flow`.
    Action start(const Now& now) {
        is_waiting_ = false;
        return on_source(links_->start(now), now);
    }
    Action on(const Event& event, const Now& now) {
        return is_waiting_ ? redeem(now) : on_source(links_->on(event, now), now);
    }
    /// @}
    /// After `Finish`; clear if there is a link.
    const error_code& error() const noexcept { return error_; }

    /// The link; empty before `Finish`, after an error and after `forget`.
    const LiveLink& live() const noexcept { return live_; }
    /// Wipes the link.
    void forget() noexcept { live_ = LiveLink(); }

    /// @{
    /// See `LinkSource`.
    bool may_renew() const noexcept { return links_->may_renew(); }
    void progressed() noexcept { links_->progressed(); }
    /// @}

    /// A redirect is followed only to another allowed https host, a few times, and carries nothing.
    /// @par Errors errc::redirect_refused, errc::package_uri_expired
    error_code follow(const ResponseHead& head, const Now& now) {
        const error_code refused = make_error_code(errc::redirect_refused);
        // Two places mean different ones to different readers.
        if (++redirects_ > bounds::redirects || head.count("Location") != 1) return refused;
        result<PackageUri> next = wire::adopt_link(Secret(head.field_or_empty("Location")), now,
                                                   context_.settings->expiry);
        if (!next || !is_allowed(*next)) return refused;
        if (!live_.is_live(now.monotonic)) return make_error_code(errc::package_uri_expired);
        result<LiveLink> link = std::move(*next).redeem(now.monotonic);
        if (!link) return link.error();
        live_ = std::move(*link);
        return {};
    }

  private:
    Action on_source(const Action& next, const Now& now) {
        if (!is_finish(next)) return next;
        result<PackageUri> uri = links_->take_result();
        if (!uri) return finish(uri.error());
        links_->describe(*receipt_);
        context_.diagnostics->stage = Stage::download;
        uri_ = std::move(*uri);
        if (uri_.valueless() || now.monotonic >= uri_.usable_from()) return redeem(now);
        return wait_for_start(now);
    }

    /// Only for a link that will still live then, and within the deadline.
    Action wait_for_start(const Now& now) {
        if (uri_.remaining(uri_.usable_from()) == Duration::zero())
            return finish(make_error_code(errc::package_uri_expired));
        if (uri_.usable_from() >= context_.deadline)
            return finish(make_error_code(errc::deadline_exceeded));
        is_waiting_ = true;
        return action::Wait{saturating_difference(uri_.usable_from(), now.monotonic),
                            WaitReason::link_start};
    }

    Action redeem(const Now& now) {
        result<LiveLink> link = std::move(uri_).redeem(now.monotonic);
        if (!link) {
            const bool has_other = wants_new_link(link.error()) && links_->may_renew();
            return has_other ? start(now) : finish(link.error());
        }
        if (!is_allowed(*link)) return finish(make_error_code(errc::link_not_allowed));
        live_ = std::move(*link);
        return finish({});
    }

    template <class Link>
    bool is_allowed(const Link& link) const noexcept {
        return context_.settings->links.allows(link.host(), link.port(), kind_);
    }

    Action finish(const error_code& error) {
        error_ = error;
        return action::Finish{};
    }

    Context context_;
    Links* links_;
    LinkKind kind_;
    Receipt* receipt_;
    bool is_waiting_ = false;
    PackageUri uri_;
    LiveLink live_;
    unsigned redirects_ = 0;
    error_code error_;
};

} // namespace mde::inline MDE_ABI::flow

#endif
