// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FETCH_RESULT_HPP
#define MDE_FLOW_FETCH_RESULT_HPP

/// @file
/// From a finished action to what it brought, proven: link, download, and a new link if one dies.

#include <mde/flow/download.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/flow/mint_link.hpp>
#include <mde/flow/readiness.hpp>

#include <optional>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// What the receipt takes over from the action.
inline Receipt receipt_of(const MachineAction& action, const Settings& settings) {
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

/// A dead link, and a transfer that broke so late that its link had died: what it leads to is still
/// there.
inline bool wants_new_link(const error_code& error) noexcept {
    return error == condition::ask_again || error == errc::connection_lost ||
           error == errc::timed_out;
}

/// Fetches what an action brought, if the store does not have it. The action is read first, for the
/// receipt and because a link is not worth a slot of its quota before the action has finished. A
/// link that dies on the way is replaced, at most `Settings::links_per_package` in all.
/// @par Errors errc::store_has_package, errc::action_not_finished, errc::action_not_found,
/// errc::not_a_package_action (it is of another type), errc::action_failed,
/// errc::action_timed_out, errc::action_cancelled, and those of `MintLinkOf` and `Download`
template <Hasher PackageHasher, LinkRequest Request>
class FetchResult {
  public:
    using Result = result<Receipt>;

    FetchResult(const Context& context, const Request& request)
        : context_(context), request_(request), key_(request.key()) {}

    Action start(const Now&) {
        state_ = State::checking_store;
        return action::CheckStore{&key_};
    }

    /// For a caller that has just read the action, and knows that it is a new one.
    Action start_with(const MachineAction& action, const Now& now) { return use(action, now); }

    Action on(const Event& event, const Now& now) {
        switch (state_) {
        case State::checking_store: return on_checked(event, now);
        case State::reading_action: {
            const Action next = look_->on(event, now);
            return is_finish(next) ? on_action(now) : next;
        }
        case State::minting: {
            const Action next = mint_->on(event, now);
            return is_finish(next) ? on_link(now) : next;
        }
        case State::downloading: break;
        }
        const Action next = download_->on(event, now);
        return is_finish(next) ? on_download(now) : next;
    }

    Result take_result() { return std::move(result_); }

  private:
    enum class State {
        checking_store,
        reading_action,
        minting,
        downloading,
    };

    Action on_checked(const Event& event, const Now& now) {
        if (const auto error = failure_of(event)) {
            context_.diagnostics->stage = Stage::store;
            return finish(*error);
        }
        state_ = State::reading_action;
        look_.emplace(context_, GetMachineAction{request_.action});
        return look_->start(now);
    }

    Action on_action(const Now& now) {
        result<MachineAction> action = look_->take_result();
        look_.reset();
        if (!action)
            return finish(action.error() == errc::not_found
                              ? make_error_code(errc::action_not_found)
                              : action.error());
        return use(*action, now);
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
        ++links_;
        state_ = State::minting;
        download_.reset();
        Context context = context_;
        context.seed += links_;
        mint_.emplace(context, request_);
        return mint_->start(now);
    }

    Action on_link(const Now& now) {
        result<PackageUri> uri = mint_->take_result();
        if (!uri) return finish(uri.error());
        receipt_.link_requested = mint_->sent().utc;
        if (!context_.diagnostics->request_id.empty())
            receipt_.request_ids.push_back(context_.diagnostics->request_id);
        mint_.reset();
        state_ = State::downloading;
        Context context = context_;
        context.seed += 1000u + links_;
        download_.emplace(context, std::move(*uri), key_, receipt_);
        // A link that is dead on arrival ends the download at once.
        const Action next = download_->start(now);
        return is_finish(next) ? on_download(now) : next;
    }

    Action on_download(const Now& now) {
        result_ = download_->take_result();
        if (result_ || !wants_new_link(result_.error())) return action::Finish{};
        if (links_ >= context_.settings->links_per_package) return action::Finish{};
        return mint(now);
    }

    Action finish(const error_code& error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    Request request_;
    PackageKey key_;
    State state_ = State::checking_store;
    Receipt receipt_;
    std::optional<Exchange<GetMachineAction>> look_;
    std::optional<MintLinkOf<Request>> mint_;
    std::optional<Download<PackageHasher>> download_;
    unsigned links_ = 0;
    Result result_ = make_error_code(errc::action_not_found);
};

} // namespace mde::inline MDE_ABI::flow

#endif
