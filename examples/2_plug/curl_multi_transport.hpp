// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_2_PLUG_CURL_MULTI_TRANSPORT_HPP
#define MDE_EXAMPLES_2_PLUG_CURL_MULTI_TRANSPORT_HPP

/// @file
/// A transport on libcurl's multi interface: Asio waits for its sockets and keeps its time, so that
/// libcurl runs on the same executor as everything else, and on no thread of its own.

#include "curl_transfer.hpp"

#include <mde/port/transport.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace example {

namespace net = boost::asio;

//[curl_multi_driver
/// Lets Asio wait where libcurl says. Everything happens on one strand.
template <class Executor>
class CurlDriver : public std::enable_shared_from_this<CurlDriver<Executor>> {
  public:
    using Strand = net::strand<Executor>;
    using Timer = typename net::steady_timer::template rebind_executor<Strand>::other;

    CurlDriver(const Executor& executor, CurlSetup setup_)
        : strand(executor), setup(std::move(setup_)), timer_(strand) {
        curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlDriver::on_socket);
        curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlDriver::on_timer);
    }
    ~CurlDriver() {
        while (!watches_.empty()) unwatch(watches_.begin()->first);
    }

    void add(CURL* handle) { curl_multi_add_handle(multi_.get(), handle); }
    void remove(CURL* handle) { curl_multi_remove_handle(multi_.get(), handle); }

    const Strand strand;
    const CurlSetup setup;

  private:
    struct Watch {
        net::posix::basic_stream_descriptor<Strand> socket;
        int wanted = 0;
        int waiting = 0;
    };

    static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
        static_cast<CurlDriver*>(self)->watch(socket, what);
        return 0;
    }

    /// The socket is libcurl's: it is lent to Asio and never closed by it.
    void watch(curl_socket_t socket, int what) {
        if (what == CURL_POLL_REMOVE) return unwatch(socket);
        auto& watch = watches_[socket];
        if (!watch) watch = std::make_shared<Watch>(Watch{{strand, socket}});
        watch->wanted = what;
        wait(socket, watch);
    }

    void unwatch(curl_socket_t socket) {
        const auto found = watches_.find(socket);
        if (found == watches_.end()) return;
        found->second->wanted = 0;
        found->second->socket.release();
        watches_.erase(found);
    }

    void wait(curl_socket_t socket, const std::shared_ptr<Watch>& watch) {
        for (const int way : {CURL_POLL_IN, CURL_POLL_OUT}) {
            if ((watch->wanted & way) == 0 || (watch->waiting & way) != 0) continue;
            watch->waiting |= way;
            const auto what = way == CURL_POLL_IN ? net::posix::descriptor_base::wait_read
                                                  : net::posix::descriptor_base::wait_write;
            watch->socket.async_wait(
                what, [weak = this->weak_from_this(), watch, socket, way](mde::error_code ec) {
                    watch->waiting &= ~way;
                    const auto self = weak.lock();
                    if (ec || !self || (watch->wanted & way) == 0) return;
                    self->go_on(socket, way == CURL_POLL_IN ? CURL_CSELECT_IN : CURL_CSELECT_OUT);
                    if (watch->wanted != 0) self->wait(socket, watch);
                });
        }
    }

    static int on_timer(CURLM*, long milliseconds, void* self) {
        static_cast<CurlDriver*>(self)->set_timer(milliseconds);
        return 0;
    }

    void set_timer(long milliseconds) {
        timer_.cancel();
        if (milliseconds < 0) return;
        timer_.expires_after(std::chrono::milliseconds(milliseconds));
        timer_.async_wait([weak = this->weak_from_this()](mde::error_code ec) {
            if (const auto self = weak.lock(); self && !ec) self->go_on(CURL_SOCKET_TIMEOUT, 0);
        });
    }

    void go_on(curl_socket_t socket, int ready) {
        int left = 0;
        curl_multi_socket_action(multi_.get(), socket, ready, &left);
        while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left))
            CurlTransfer::finish(*message);
    }

    std::map<curl_socket_t, std::shared_ptr<Watch>> watches_;
    Timer timer_;
    std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi_{curl_multi_init(),
                                                                 &curl_multi_cleanup};
};
//]

//[curl_multi_transport
/// Meets `mde::Transport`, on any executor. Handlers are type-erased, and run on their own executor
/// or on `Executor`, never inside the call that they are given to. Distinct objects: safe. Shared
/// objects: safe.
template <class Executor>
class CurlMultiTransport {
    using Driver = CurlDriver<Executor>;
    struct Running;

  public:
    using executor_type = Executor;
    class Exchange;
    using SendHandler = net::any_completion_handler<void(mde::error_code, Exchange)>;
    using ReadHandler = net::any_completion_handler<void(mde::error_code, std::size_t)>;

    class Exchange {
      public:
        Exchange() = default;
        explicit Exchange(std::shared_ptr<Running> running) : running_(std::move(running)) {}
        Exchange(Exchange&&) noexcept = default;
        Exchange& operator=(Exchange&& other) noexcept {
            Exchange(std::move(other)).running_.swap(running_);
            return *this;
        }
        /// libcurl may be let go of on its strand only.
        ~Exchange() {
            if (!running_) return;
            const auto strand = running_->driver->strand;
            net::post(strand, [running = std::move(running_)]() mutable { running.reset(); });
        }

        const mde::ResponseHead& head() const noexcept { return running_->transfer.head(); }

        template <net::completion_token_for<void(mde::error_code, std::size_t)> Token>
        auto async_read_some(std::span<std::byte> bytes, Token&& token) {
            return net::async_initiate<Token, void(mde::error_code, std::size_t)>(
                [](auto handler, std::shared_ptr<Running> running, std::span<std::byte> into) {
                    running->begin(ReadHandler(std::move(handler)),
                                   [into](Running& self) { self.transfer.make_room(into); });
                },
                token, running_, bytes);
        }

      private:
        std::shared_ptr<Running> running_;
    };

    CurlMultiTransport(const Executor& executor, std::string ca_pem,
                       mde::TransportOptions options = {}) {
        begin_using_curl();
        driver_ =
            std::make_shared<Driver>(executor, CurlSetup{std::move(ca_pem), std::move(options)});
    }

    executor_type get_executor() const noexcept { return driver_->strand.get_inner_executor(); }

    template <net::completion_token_for<void(mde::error_code, Exchange)> Token>
    auto async_send(const mde::HttpRequest& request, Token&& token) {
        return net::async_initiate<Token, void(mde::error_code, Exchange)>(
            [](auto handler, std::shared_ptr<Driver> driver, const mde::HttpRequest* what) {
                auto running = std::make_shared<Running>(std::move(driver), *what);
                running->begin(SendHandler(std::move(handler)), [](Running& self) {
                    if (self.transfer.ended()) return self.changed();
                    self.driver->add(self.transfer.handle());
                });
            },
            token, driver_, &request);
    }

  private:
    struct Running : std::enable_shared_from_this<Running> {
        Running(std::shared_ptr<Driver> driver_, const mde::HttpRequest& request)
            : driver(std::move(driver_)),
              transfer(driver->setup, request, [this] { changed(); }),
              wake(driver->strand) {}
        ~Running() { driver->remove(transfer.handle()); }

        /// `first` runs on the strand; so does what a cancellation leads to, wherever it comes
        /// from.
        template <class Handler, class First>
        void begin(Handler handler, First first) {
            const std::uint64_t number = ++begun;
            auto slot = net::get_associated_cancellation_slot(handler);
            // Before the operation may end on another thread, and its slot with it.
            if (slot.is_connected())
                slot.assign([weak = this->weak_from_this(), strand = driver->strand,
                             number](net::cancellation_type) {
                    net::post(strand, [weak, number] {
                        if (const auto self = weak.lock()) self->cancel(number);
                    });
                });
            net::post(driver->strand, [self = this->shared_from_this(), number, first,
                                       handler = std::move(handler)]() mutable {
                self->operation = number;
                self->keep(std::move(handler));
                self->wait();
                first(*self);
            });
        }

        /// Swapped: the move assignment of Boost 1.81 calls itself for ever.
        void keep(SendHandler handler) {
            hold_executor_of(handler);
            on_head.swap(handler);
        }
        void keep(ReadHandler handler) {
            hold_executor_of(handler);
            on_bytes.swap(handler);
        }
        template <class Handler>
        void hold_executor_of(const Handler& handler) {
            work = net::prefer(
                net::get_associated_executor(handler, driver->strand.get_inner_executor()),
                net::execution::outstanding_work.tracked);
        }

        /// What waits is a timer without an end: so a context that goes takes this along.
        void wait() {
            if (std::exchange(waiting, true)) return;
            wake.expires_at((std::chrono::steady_clock::time_point::max)());
            wake.async_wait([self = this->shared_from_this()](mde::error_code) {
                self->waiting = false;
                self->look();
            });
        }

        /// Called by libcurl, which must be left before a handler runs.
        void changed() { wake.cancel(); }

        void look() {
            if (on_head && transfer.head_came()) return end_send(transfer.error());
            if (on_bytes && transfer.body_came()) {
                const std::size_t size = transfer.take();
                return complete(on_bytes, size == 0 ? transfer.error() : mde::error_code(), size);
            }
            if (on_head || on_bytes) wait();
        }

        void cancel(std::uint64_t number) {
            if (number != operation) return;
            transfer.take();
            wake.cancel();
            if (on_head) end_send(net::error::operation_aborted);
            if (on_bytes) complete(on_bytes, net::error::operation_aborted, std::size_t(0));
        }

        void end_send(mde::error_code ec) {
            complete(on_head, ec, ec ? Exchange() : Exchange(this->shared_from_this()));
        }

        template <class Handler, class Value>
        void complete(Handler& kept, mde::error_code ec, Value value) {
            operation = 0;
            Handler handler;
            handler.swap(kept);
            const auto executor = std::exchange(work, {});
            net::dispatch(executor, net::append(std::move(handler), ec, std::move(value)));
        }

        std::shared_ptr<Driver> driver;
        CurlTransfer transfer;
        typename Driver::Timer wake;
        bool waiting = false;
        SendHandler on_head;
        ReadHandler on_bytes;
        /// An executor with a handler to come has something to do.
        net::any_completion_executor work;
        std::uint64_t begun = 0;
        std::uint64_t operation = 0;
    };

    std::shared_ptr<Driver> driver_;
};
//]

} // namespace example

#endif
