// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_EXCHANGE_HPP
#define MDE_FLOW_EXCHANGE_HPP

/// @file
/// A typed call: a request of `request/` in, its decoded response out.

#include <mde/base/result.hpp>
#include <mde/flow/call.hpp>
#include <mde/model/package_uri.hpp>
#include <mde/request/api_request.hpp>
#include <mde/wire/codec.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace mde::inline MDE_ABI::flow {

/// Runs one request. `wire::Codec<Request::Response>` must be known where this is instantiated.
/// @par Errors what `check()` of the request says, the errors of the ports, and for answers
/// errc::request_refused, errc::already_running, errc::unauthorized, errc::forbidden,
/// errc::not_found, errc::throttled, errc::service_unavailable, errc::outcome_unknown (POST only),
/// errc::redirect_refused, errc::unexpected_status, errc::deadline_exceeded, and, for a GET, those
/// of `wire::Codec<Response>`
template <ApiRequest Request>
class Exchange {
  public:
    /// What a success holds.
    using Response = typename Request::Response;
    /// @{
    /// See `Flow`.
    using Result = result<Response>;

    Exchange(const Context& context, Request request)
        : context_(context),
          request_(std::move(request)),
          target_(request_.target()),
          body_(body_of(request_)),
          call_(context, {.stage = Request::stage,
                          .method = Request::method,
                          .target = std::string_view(target_),
                          .body = body_,
                          .quota = Request::quota,
                          .answered = answered()}) {}

    Action start(const Now& now) {
        if constexpr (requires { request_.check(); }) {
            if (const error_code error = request_.check()) {
                result_ = error;
                return action::Finish{};
            }
        }
        return call_.start(now);
    }

    Action on(const Event& event, const Now& now) {
        const Action next = call_.on(event, now);
        if (!is_finish(next)) return next;
        result_ = call_.error() ? Result(call_.error()) : decoded(event);
        return next;
    }

    Result take_result() { return std::move(result_); }
    /// @}

    /// When the last try left.
    const Now& sent() const noexcept { return call_.sent(); }

  private:
    static constexpr Answered answered() noexcept {
        const bool has_links = std::is_same_v<Response, PackageUri> || requires {
            Request::link_life;
        };
        return has_links ? Answered::secretly : Answered::openly;
    }

    static constexpr LinkLife life_of_links() noexcept {
        if constexpr (requires { Request::link_life; })
            return Request::link_life;
        else
            return LinkLife::assumed;
    }

    static std::string body_of(const Request& request) {
        if constexpr (ApiRequestWithBody<Request>)
            return request.body();
        else
            return {};
    }

    /// A success that cannot be read is none that one may ask for again.
    Result decoded(const Event& event) const {
        const auto* answer = std::get_if<event::AnswerReady>(&event);
        if (answer == nullptr) return make_error_code(errc::malformed_answer);
        Result response = wire::Codec<Response>::decode(
            {answer->head, answer->body, call_.sent(), context_.settings->expiry, life_of_links()});
        if (Request::method == Method::post && !response)
            return make_error_code(errc::outcome_unknown);
        return response;
    }

    Context context_;
    Request request_;
    decltype(std::declval<const Request&>().target()) target_;
    std::string body_;
    Call call_;
    Result result_ = make_error_code(errc::unexpected_status);
};

} // namespace mde::inline MDE_ABI::flow

#endif
