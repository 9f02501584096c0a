// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_ACTION_LINKS_HPP
#define MDE_FLOW_ACTION_LINKS_HPP

/// @file
/// The links to what an action brought, one after the other, within their bounds.

#include <mde/base/linkage.hpp>
#include <mde/flow/denials.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/flow/link_source.hpp>
#include <mde/flow/mint_link.hpp>
#include <mde/flow/readiness.hpp>
#include <mde/flow/watch.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// What the receipt takes over from the action.
MDE_DECL Receipt receipt_of(const MachineAction& action, const Settings& settings);

/// Meets `LinkSource`. The action is read before the first link is asked for: for the receipt, and
/// because a link is not worth a slot of its quota before the action has finished. A link to an
/// action that was seen to end just now may be refused by a replica that does not know of that: it
/// is asked for again for `PollPolicy::unknown_grace`. At most `Settings::links_per_package` links
/// in a row that brought nothing, and `bounds::tries_in_all` links in all.
/// @par Errors errc::action_not_finished, errc::action_not_found, errc::not_a_package_action (it is
/// of another type), errc::action_failed, errc::action_timed_out, errc::action_cancelled, and those
/// of `MintLinkOf`
template <LinkRequest Request>
class ActionLinks {
  public:
    /// @{
    /// See `LinkSource`.
    ActionLinks(const Context& context, const Request& request)
        : context_(context), request_(request) {}

    /// Spares the reading of an action that has just been read.
    void know(const MachineAction& action) { known_ = action; }

    Action start(const Now& now) {
        if (links_ != 0) return mint(now);
        if (known_) {
            news_until_ = saturating_add(now.monotonic, context_.settings->poll.unknown_grace);
            return use(*std::exchange(known_, std::nullopt), now);
        }
        look_.emplace(context_, GetMachineAction{request_.action});
        return look_->start(now);
    }

    Action on(const Event& event, const Now& now) {
        if (look_) {
            const Action next = look_->on(event, now);
            return is_finish(next) ? on_action(now) : next;
        }
        if (!mint_) return ask(now);
        const Action next = mint_->on(event, now);
        return is_finish(next) ? on_link(now) : next;
    }

    result<PackageUri> take_result() { return std::move(result_); }

    bool may_renew() const noexcept {
        return fruitless_ < context_.settings->links_per_package && links_ < bounds::tries_in_all;
    }
    void progressed() noexcept { fruitless_ = 0; }

    void describe(Receipt& receipt) {
        if (links_ == 1) receipt = receipt_;
        receipt.link_requested = link_requested_;
        if (!request_id_.empty()) receipt.request_ids.push_back(request_id_);
    }
    /// @}

  private:
    Action on_action(const Now& now) {
        const result<MachineAction> action = look_->take_result();
        look_.reset();
        if (!action)
            return finish(action.error() == errc::not_found
                              ? make_error_code(errc::action_not_found)
                              : action.error());
        news_until_ = news_until(*action, now);
        return use(*action, now);
    }

    /// By the service's clock and ours, which need not agree to the second.
    MonotonicTime news_until(const MachineAction& action, const Now& now) const noexcept {
        if (!action.last_updated) return now.monotonic;
        const Duration grace = context_.settings->poll.unknown_grace;
        const Duration age = saturating_span(now.utc, *action.last_updated);
        if (age >= grace || age <= -grace) return now.monotonic;
        return saturating_add(now.monotonic, grace - (std::max)(age, Duration::zero()));
    }

    Action use(const MachineAction& action, const Now& now) {
        if (action.type != Request::action_type)
            return finish(make_error_code(errc::not_a_package_action));
        if (const error_code error = readiness(request_, action, *context_.diagnostics))
            return finish(error);
        receipt_ = receipt_of(action, *context_.settings);
        return mint(now);
    }

    Action mint(const Now& now) {
        ++fruitless_;
        ++links_;
        return ask(now);
    }

    Action ask(const Now& now) {
        Context context = context_;
        context.seed += ++asked_;
        mint_.emplace(context, request_);
        return mint_->start(now);
    }

    Action on_link(const Now& now) {
        result_ = mint_->take_result();
        link_requested_ = mint_->sent().utc;
        request_id_ = context_.diagnostics->request_id;
        mint_.reset();
        if (!result_ && is_lagging(result_.error(), now)) return ask_later(now);
        return action::Finish{};
    }

    /// Whether an answer denies what was seen before.
    bool is_lagging(const error_code& error, const Now& now) const noexcept {
        const bool denies = error == errc::not_found || denies_the_end(error);
        return denies && now.monotonic < news_until_;
    }

    Action ask_later(const Now& now) {
        if (!lag_) lag_.emplace(context_.settings->poll, context_.deadline);
        const Verdict verdict = lag_->on_not_found(now.monotonic);
        if (verdict.kind == Verdict::Kind::look_again)
            return action::Wait{verdict.wait, WaitReason::poll};
        return action::Finish{};
    }

    Action finish(const error_code& error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    Request request_;
    std::optional<MachineAction> known_;
    std::optional<Exchange<GetMachineAction>> look_;
    std::optional<MintLinkOf<Request>> mint_;
    Receipt receipt_;
    /// So long the action has only just ended.
    MonotonicTime news_until_{};
    std::optional<Watch> lag_;
    UtcTime link_requested_{};
    std::string request_id_;
    unsigned links_ = 0;
    std::uint64_t asked_ = 0;
    /// Since something was gained.
    unsigned fruitless_ = 0;
    result<PackageUri> result_ = make_error_code(errc::action_not_found);
};

#if MDE_DEFINITIONS

MDE_DECL Receipt receipt_of(const MachineAction& action, const Settings& settings) {
    Receipt receipt;
    receipt.tenant = settings.tenant.text();
    receipt.action = action.id.text();
    receipt.machine = action.machine_id.value_or("");
    receipt.computer_dns_name = action.computer_dns_name.value_or("");
    receipt.requestor = action.requestor.value_or("");
    receipt.comment = action.requestor_comment.value_or("");
    receipt.action_created = action.created;
    receipt.action_updated = action.last_updated;
    return receipt;
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
