// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_POSTING_TRANSPORT_HPP
#define MDE_TESTS_SUPPORT_POSTING_TRANSPORT_HPP

/// @file
/// The in-process transport made asynchronous: each step is one post, and can be cancelled.

#include <mde/port/transport.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace mde_test {

namespace net = boost::asio;

/// How a body comes that is there when its head is.
enum class Arrival {
    /// A step for each piece.
    in_steps,
    /// Also through `read_arrived`, which takes none.
    at_once,
};

template <class Inner, class Executor, Arrival arrival = Arrival::in_steps>
class PostingTransport {
    template <class Value, class Token>
    static auto complete_later(mde::result<Value> outcome, const Executor& executor,
                               Token&& token) {
        return net::async_compose<Token, void(mde::error_code, Value)>(
            [outcome = std::move(outcome), executor, posted = false](auto& self) mutable {
                if (!std::exchange(posted, true)) {
                    self.reset_cancellation_state(net::enable_total_cancellation());
                    return net::post(executor, std::move(self));
                }
                if (self.cancelled() != net::cancellation_type::none)
                    return self.complete(net::error::operation_aborted, Value());
                if (!outcome) return self.complete(outcome.error(), Value());
                Value value = std::move(*outcome);
                self.complete(mde::error_code(), std::move(value));
            },
            token, executor);
    }

  public:
    using executor_type = Executor;

    class Exchange {
      public:
        Exchange() = default;
        Exchange(typename Inner::Exchange inner, const Executor* executor)
            : inner_(std::move(inner)), executor_(executor) {}

        const mde::ResponseHead& head() const noexcept { return inner_.head(); }

        std::optional<std::size_t>
        read_arrived(std::span<std::byte> bytes) requires(arrival == Arrival::at_once) {
            const mde::result<std::size_t> size = inner_.read_some(bytes);
            return size ? std::optional(*size) : std::nullopt;
        }

        template <class Token>
        auto async_read_some(std::span<std::byte> bytes, Token&& token) {
            return complete_later<std::size_t>(inner_.read_some(bytes), *executor_,
                                               std::forward<Token>(token));
        }

      private:
        typename Inner::Exchange inner_;
        const Executor* executor_ = nullptr;
    };

    PostingTransport(Inner& inner, const Executor& executor)
        : inner_(&inner), executor_(executor) {}

    executor_type get_executor() const noexcept { return executor_; }

    template <class Token>
    auto async_send(const mde::HttpRequest& request, Token&& token) {
        auto sent = inner_->send(request);
        mde::result<Exchange> outcome =
            sent.has_value() ? mde::result<Exchange>(Exchange(std::move(*sent), &executor_))
                             : mde::result<Exchange>(sent.error());
        return complete_later<Exchange>(std::move(outcome), executor_, std::forward<Token>(token));
    }

  private:
    Inner* inner_;
    Executor executor_;
};

} // namespace mde_test

#endif
