// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_2_PLUG_CURL_EASY_TRANSPORT_HPP
#define MDE_EXAMPLES_2_PLUG_CURL_EASY_TRANSPORT_HPP

/// @file
/// A blocking transport on libcurl's easy handles, for `run_blocking`. `curl_easy_perform` would
/// return at the end of the body only, so each handle is driven as far as its reader has asked.

#include "curl_transfer.hpp"

#include <mde/port/transport.hpp>

#include <memory>
#include <string>
#include <utility>

namespace example {

//[curl_easy_transport
/// Meets `mde::BlockingTransport`. Connections are kept. Distinct objects: safe. Shared: unsafe.
class CurlEasyTransport {
    struct Shared {
        CurlSetup setup;
        std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> connections{curl_multi_init(),
                                                                          &curl_multi_cleanup};
    };

    struct Running {
        Running(std::shared_ptr<Shared> shared_, const mde::HttpRequest& request)
            : shared(std::move(shared_)), transfer(shared->setup, request, [] {}) {
            if (!transfer.ended())
                curl_multi_add_handle(shared->connections.get(), transfer.handle());
        }
        ~Running() { curl_multi_remove_handle(shared->connections.get(), transfer.handle()); }

        template <class Done>
        void drive(Done done) {
            CURLM* multi = shared->connections.get();
            for (int left = 0; !done();
                 done() ? 0 : curl_multi_poll(multi, nullptr, 0, 1000, &left)) {
                curl_multi_perform(multi, &left);
                while (const CURLMsg* message = curl_multi_info_read(multi, &left))
                    CurlTransfer::finish(*message);
            }
        }

        std::shared_ptr<Shared> shared;
        CurlTransfer transfer;
    };

  public:
    class Exchange {
      public:
        explicit Exchange(std::unique_ptr<Running> running) : running_(std::move(running)) {}

        const mde::ResponseHead& head() const noexcept { return running_->transfer.head(); }

        mde::result<std::size_t> read_some(std::span<std::byte> bytes) {
            CurlTransfer& transfer = running_->transfer;
            transfer.make_room(bytes);
            running_->drive([&] { return transfer.body_came(); });
            const std::size_t size = transfer.take();
            if (size == 0 && transfer.error()) return transfer.error();
            return size;
        }

      private:
        std::unique_ptr<Running> running_;
    };

    explicit CurlEasyTransport(std::string ca_pem, mde::TransportOptions options = {}) {
        begin_using_curl();
        shared_ = std::make_shared<Shared>();
        shared_->setup = {std::move(ca_pem), std::move(options)};
    }

    mde::result<Exchange> send(const mde::HttpRequest& request) {
        auto running = std::make_unique<Running>(shared_, request);
        running->drive([&] { return running->transfer.head_came(); });
        if (running->transfer.error()) return running->transfer.error();
        return Exchange(std::move(running));
    }

  private:
    std::shared_ptr<Shared> shared_;
};
static_assert(mde::BlockingTransport<CurlEasyTransport>);
//]

} // namespace example

#endif
