// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_MINT_LINK_HPP
#define MDE_FLOW_MINT_LINK_HPP

/// @file
/// Trades a finished action for a link, and finds out what a 404 means.

#include <mde/flow/exchange.hpp>
#include <mde/flow/link_host.hpp>
#include <mde/flow/readiness.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// A request for the link to what an action brought: `GetPackageUri`, `GetLiveResponseResultLink`.
template <class T>
concept LinkRequest = ApiRequest<T> && std::same_as<typename T::Response, PackageUri> &&
    requires(const T& request, const MachineAction& action, Diagnostics& diagnostics) {
    { request.action } -> std::convertible_to<MachineActionId>;
    { request.key() } -> std::same_as<PackageKey>;
    { T::action_type } -> std::convertible_to<MachineActionType>;
    { readiness(request, action, diagnostics) } -> std::same_as<error_code>;
};

/// Asks for the link to what an action brought. An unfinished action, an unknown one and a wrong
/// path all answer 404, so the action itself is read then (API-CONTRACT 1.3). It is asked for once:
/// a replica that lags is believed, which `ActionLinks` does not do. A link to a host that the
/// `LinkPolicy` does not allow is dropped unseen.
/// @par Errors errc::action_not_finished, errc::action_not_found, errc::not_a_package_action (it is
/// of another type), errc::action_failed, errc::action_timed_out, errc::action_cancelled,
/// errc::not_found (the action is ready, its result is not there), errc::link_not_allowed, and
/// those of `Exchange`
template <LinkRequest Request>
class MintLinkOf {
  public:
    /// See `Flow`.
    using Result = result<PackageUri>;

    /// See `Flow`.
    MintLinkOf(const Context& context, const Request& request)
        : context_(context), request_(request) {}

    /// See `Flow`.
    Action start(const Now& now) {
        call_.emplace(context_, request_);
        return call_->start(now);
    }

    /// See `Flow`.
    Action on(const Event& event, const Now& now) {
        if (sorting_) {
            const Action next = sorting_->on(event, now);
            return is_finish(next) ? sort() : next;
        }
        const Action next = call_->on(event, now);
        return is_finish(next) ? on_link(now) : next;
    }

    /// See `Flow`.
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
            return finish(make_error_code(errc::not_a_package_action));
        if (result_.error() != errc::not_found) return action::Finish{};
        asked_ = *context_.diagnostics;
        sorting_.emplace(context_, GetMachineAction{request_.action});
        return sorting_->start(now);
    }

    Action check_host() {
        const LinkKind kind = request_.key().link_kind();
        if (const error_code error = check_link_host(*result_, kind, context_))
            return finish(error);
        return action::Finish{};
    }

    /// The first answer said 404; the second one says why.
    Action sort() {
        const result<MachineAction> action = sorting_->take_result();
        if (!action && action.error() == errc::not_found)
            return finish(make_error_code(errc::action_not_found));
        // Not allowed to look, or no answer: what the first call said is all that is known.
        if (!action) return finish_as_asked(make_error_code(errc::not_found));
        if (action->type != Request::action_type)
            return finish(make_error_code(errc::not_a_package_action));
        const error_code error = readiness(request_, *action, *context_.diagnostics);
        if (!error) return finish_as_asked(make_error_code(errc::not_found));
        const bool says_more = error != errc::not_found && error != errc::action_not_finished;
        return says_more ? finish(error) : finish_as_asked(error);
    }

    Action finish_as_asked(const error_code& error) {
        *context_.diagnostics = asked_;
        return finish(error);
    }

    Action finish(const error_code& error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    Request request_;
    std::optional<Exchange<Request>> call_;
    std::optional<Exchange<GetMachineAction>> sorting_;
    Diagnostics asked_;
    Result result_ = make_error_code(errc::not_found);
};

/// The link to the package of a finished collection.
class MintLink : public MintLinkOf<GetPackageUri> {
  public:
    /// See `Flow`.
    MintLink(const Context& context, const MachineActionId& action)
        : MintLinkOf(context, GetPackageUri{action}) {}
};

} // namespace mde::inline MDE_ABI::flow

#endif
