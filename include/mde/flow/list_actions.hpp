// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_LIST_ACTIONS_HPP
#define MDE_FLOW_LIST_ACTIONS_HPP

/// @file
/// A whole list of actions, however many answers it takes.

#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/flow/call.hpp>
#include <mde/model/api_hosts.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/wire/link_grammar.hpp>
#include <mde/wire/machine_action_codec.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mde::inline MDE_ABI::flow {

/// Reads a list to its end, or up to `request.top` actions if that is not zero. The service's link
/// to a next page is followed, with the token, only to the API that was asked (see `is_same_api`);
/// where there is none, `$skip` goes on. New actions come in at the front meanwhile, so that one
/// may be met twice: it is reported once.
/// @par Errors errc::page_link_refused, errc::answer_too_large (more than `bounds::list_pages`
/// answers), and those of `Exchange`
class ListActions {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<std::vector<MachineAction>>;

    ListActions(const Context& context, ListMachineActions request)
        : context_(context), request_(std::move(request)), wanted_(request_.top) {}

    Action start(const Now& now);
    Action on(const Event& event, const Now& now);

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    unsigned next_top() const noexcept;
    Action ask(const Now& now);
    Action take(MachineActionPage page, const Now& now);
    Action follow(const std::string& link, const Now& now);
    Action refuse_link(const std::string& what);
    Action done();

    Action finish(const error_code& error);

    Context context_;
    ListMachineActions request_;
    std::size_t wanted_;
    std::string target_;
    /// Of the latest link; empty while it was not needed.
    std::string host_;
    std::uint16_t port_ = 443;
    unsigned pages_ = 0;
    std::optional<Call> call_;
    std::vector<MachineAction> actions_;
    std::set<std::string, std::less<>> seen_;
    Result result_ = make_error_code(errc::malformed_answer);
};

#if MDE_DEFINITIONS

MDE_DECL Action ListActions::start(const Now& now) {
    request_.top = next_top();
    target_ = std::string(request_.target().view());
    return ask(now);
}

MDE_DECL Action ListActions::on(const Event& event, const Now& now) {
    const Action next = call_->on(event, now);
    if (!is_finish(next)) return next;
    if (call_->error()) return finish(call_->error());
    const auto* answer = std::get_if<event::AnswerReady>(&event);
    if (answer == nullptr) return finish(make_error_code(errc::malformed_answer));
    result<MachineActionPage> page =
        wire::Codec<MachineActionPage>::decode({answer->head, answer->body, call_->sent(), {}});
    if (!page) return finish(page.error());
    return take(std::move(*page), now);
}

MDE_DECL unsigned ListActions::next_top() const noexcept {
    if (wanted_ == 0) return bounds::list_page;
    const std::size_t left = wanted_ - actions_.size();
    return static_cast<unsigned>((std::min)(left, std::size_t(bounds::list_page)));
}

MDE_DECL Action ListActions::ask(const Now& now) {
    if (++pages_ > bounds::list_pages) return finish(make_error_code(errc::answer_too_large));
    Context context = context_;
    context.seed += pages_;
    call_.emplace(context, CallSpec{.stage = ListMachineActions::stage,
                                    .method = ListMachineActions::method,
                                    .target = target_,
                                    .body = {},
                                    .quota = ListMachineActions::quota,
                                    .host = host_,
                                    .port = port_});
    return call_->start(now);
}

MDE_DECL Action ListActions::take(MachineActionPage page, const Now& now) {
    const std::size_t received = page.actions.size();
    for (MachineAction& action : page.actions)
        if (seen_.insert(std::string(action.id.text())).second)
            actions_.push_back(std::move(action));
    const bool enough = wanted_ != 0 && actions_.size() >= wanted_;
    if (enough) return done();
    if (page.next_link) return follow(*page.next_link, now);
    if (received < request_.top || !host_.empty()) return done();
    request_.skip += static_cast<unsigned>(received);
    request_.top = next_top();
    target_ = std::string(request_.target().view());
    return ask(now);
}

MDE_DECL Action ListActions::follow(const std::string& link, const Now& now) {
    const result<LinkLayout> layout = wire::split_link(link);
    if (!layout) return refuse_link("malformed");
    const std::string_view text = link;
    const std::string_view host = text.substr(layout->host_begin, layout->host_size);
    if (!is_same_api(context_.settings->api, host, layout->port))
        return refuse_link(std::string(host) + ':' + std::to_string(layout->port));
    host_ = host;
    port_ = layout->port;
    target_ = text.substr(layout->target_begin);
    return ask(now);
}

MDE_DECL Action ListActions::refuse_link(const std::string& what) {
    context_.diagnostics->message =
        printable_message("link to the next page: " + what, bounds::shown_message);
    return finish(make_error_code(errc::page_link_refused));
}

MDE_DECL Action ListActions::done() {
    if (wanted_ != 0 && actions_.size() > wanted_)
        actions_.erase(actions_.begin() + static_cast<std::ptrdiff_t>(wanted_), actions_.end());
    result_ = std::move(actions_);
    return action::Finish{};
}

MDE_DECL Action ListActions::finish(const error_code& error) {
    result_ = error;
    return action::Finish{};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
