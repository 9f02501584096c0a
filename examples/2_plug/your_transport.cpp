// SPDX-License-Identifier: BSL-1.0
// A transport of your own: any HTTP library that blocks, made asynchronous. Here it is libcurl's
// easy interface; the blocking part is in curl_easy_transport.hpp, and serves alone, too.

#include "emulator.hpp"

#include "blocking_tokens.hpp"
#include "curl_easy_transport.hpp"

#include <mde/adapter/credential.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/async/client.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <iostream>
#include <memory>
#include <utility>

namespace net = boost::asio;

//[your_transport
/// Meets `mde::Transport`. What blocks does so on a thread of its own; a step that has begun there
/// is not cancelled, but a cancelled operation ends after it, and time limits hold.
template <mde::BlockingTransport Blocking>
class Threaded {
    struct Shared {
        net::io_context::executor_type executor;
        Blocking blocking;
        net::thread_pool thread{1};
    };

    /// Does `work` on the thread, and tells the handler where that wants to be told.
    template <class Value, class Work, class Token>
    static auto on_thread(std::shared_ptr<Shared> shared, Work work, Token&& token) {
        return net::async_initiate<Token, void(mde::error_code, Value)>(
            [](auto handler, std::shared_ptr<Shared> parts, auto what) {
                const auto home =
                    net::prefer(net::get_associated_executor(handler, parts->executor),
                                net::execution::outstanding_work.tracked);
                net::post(parts->thread, [home, handler = std::move(handler),
                                          what = std::move(what)]() mutable {
                    auto [ec, value] = what();
                    net::dispatch(home, net::append(std::move(handler), ec, std::move(value)));
                });
            },
            token, std::move(shared), std::move(work));
    }

  public:
    using executor_type = net::io_context::executor_type;

    class Exchange {
      public:
        Exchange() = default;
        Exchange(std::shared_ptr<Shared> shared, typename Blocking::Exchange answer)
            : shared_(std::move(shared)),
              answer_(std::make_shared<typename Blocking::Exchange>(std::move(answer))) {}
        Exchange(Exchange&&) noexcept = default;
        Exchange& operator=(Exchange&& other) noexcept {
            std::swap(shared_, other.shared_);
            std::swap(answer_, other.answer_);
            return *this;
        }
        /// The blocking library is touched on its thread only.
        ~Exchange() {
            if (answer_) net::post(shared_->thread, [gone = std::move(answer_)] {});
        }

        const mde::ResponseHead& head() const noexcept { return answer_->head(); }

        template <class Token>
        auto async_read_some(std::span<std::byte> bytes, Token&& token) {
            const auto work = [answer = answer_, bytes] {
                const auto size = answer->read_some(bytes);
                return std::pair(size ? mde::error_code() : size.error(), size ? *size : 0);
            };
            return on_thread<std::size_t>(shared_, work, std::forward<Token>(token));
        }

      private:
        std::shared_ptr<Shared> shared_;
        std::shared_ptr<typename Blocking::Exchange> answer_;
    };

    Threaded(net::io_context& context, Blocking blocking)
        : shared_(new Shared{context.get_executor(), std::move(blocking)}) {}
    ~Threaded() { shared_->thread.join(); }

    executor_type get_executor() const noexcept { return shared_->executor; }

    template <class Token>
    auto async_send(const mde::HttpRequest& request, Token&& token) {
        const auto work = [shared = shared_, &request] {
            auto sent = shared->blocking.send(request);
            return sent ? std::pair(mde::error_code(), Exchange(shared, std::move(*sent)))
                        : std::pair(sent.error(), Exchange());
        };
        return on_thread<Exchange>(shared_, work, std::forward<Token>(token));
    }

  private:
    std::shared_ptr<Shared> shared_;
};
//]

int main() {
    example::Emulator service;
    example::TemporaryStore store;
    int status = 1;
    net::io_context context;
    Threaded transport(context, example::CurlEasyTransport(service.ca_pem()));
    mde::Credential tokens(service.settings(), mde::client_secret(service.client_secret()),
                           transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);
    client.async_collect_to_store({service.machine(), "case 4711"}, store.files(),
                                  [&](mde::error_code ec, const mde::Receipt& receipt) {
                                      std::cout << "stored " << receipt.length
                                                << " bytes: " << (ec ? ec.message() : "well")
                                                << '\n';
                                      status = ec ? 1 : 0;
                                  });
    context.run();
    return status;
}
