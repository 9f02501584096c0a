// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_MINT_LINK_HPP
#define MDE_FLOW_MINT_LINK_HPP

/// @file
/// Trades a finished action for a link, and finds out what a 404 means.

#include <mde/flow/await_action.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include <optional>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// Asks for the link to a package. An unfinished action, an unknown one and a wrong path all answer
/// 404, so the action itself is read then (API-CONTRACT 1.3). A link to a host that the
/// `LinkPolicy` does not allow is dropped unseen.
/// @par Errors errc::action_not_finished, errc::action_not_found, errc::not_a_package_action,
/// errc::action_failed, errc::action_timed_out, errc::action_cancelled, errc::not_found (the action
/// succeeded, the package is not there), errc::link_not_allowed, and those of `Exchange`
class MintLink {
  public:
    using Result = result<PackageUri>;

    MintLink(const Context& context, const MachineActionId& action)
        : context_(context), action_(action) {}

    Action start(const Now& now) {
        call_.emplace(context_, GetPackageUri{action_});
        return call_->start(now);
    }

    Action on(const Event& event, const Now& now) {
        if (sorting_) {
            const Action next = sorting_->on(event, now);
            return is_finish(next) ? sort() : next;
        }
        const Action next = call_->on(event, now);
        return is_finish(next) ? on_link(now) : next;
    }

    Result take_result() { return std::move(result_); }

    /// When the request for the link left.
    const Now& sent() const noexcept { return call_->sent(); }

  private:
    Action on_link(const Now& now) {
        result_ = call_->take_result();
        if (result_) return check_host();
        // Recorded for an action of another kind; its message is not matched, since it may change.
        if (result_.error() == errc::request_refused &&
            context_.diagnostics->code == "InvalidInput")
            return finish(errc::not_a_package_action);
        if (result_.error() != errc::not_found) return action::Finish{};
        asked_ = *context_.diagnostics;
        sorting_.emplace(context_, GetMachineAction{action_});
        return sorting_->start(now);
    }

    Action check_host() {
        if (context_.settings->links.allows(result_->host(), result_->port()))
            return action::Finish{};
        FixedText<8> port;
        port.append_number(result_->port());
        context_.diagnostics->message =
            "link host " + std::string(result_->host()) + ':' + std::string(port.view());
        return finish(errc::link_not_allowed);
    }

    /// The first answer said 404; the second one says why.
    Action sort() {
        const result<MachineAction> action = sorting_->take_result();
        if (!action && action.error() == errc::not_found) return finish(errc::action_not_found);
        if (!action) {
            // Not allowed to look, or no answer: what the first call said is all that is known.
            *context_.diagnostics = asked_;
            return finish(errc::not_found);
        }
        if (action->type != MachineActionType::collect_investigation_package)
            return finish(errc::not_a_package_action);
        if (!is_terminal(action->status)) {
            *context_.diagnostics = asked_;
            return finish(errc::action_not_finished);
        }
        describe_ending(*action, *context_.diagnostics);
        return finish(error_of_ending(action->status));
    }

    Action finish(error_code error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    MachineActionId action_;
    std::optional<Exchange<GetPackageUri>> call_;
    std::optional<Exchange<GetMachineAction>> sorting_;
    Diagnostics asked_;
    Result result_ = make_error_code(errc::not_found);
};

} // namespace mde::inline MDE_ABI::flow

#endif
