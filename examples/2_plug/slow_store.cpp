// SPDX-License-Identifier: BSL-1.0
// A store that takes its time, as one over a network does. While it writes, nothing more is read:
// the server is slowed down, and the memory stays as it is however long that lasts.

#include "emulator.hpp"

#include <mde/adapter/https_client.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

namespace net = boost::asio;

//[slow_store
/// Meets `mde::AsyncPackageStore`. Its only slot is empty until something whole is in it.
struct SlowStore {
    net::io_context& io;
    std::uint64_t stored = 0;
    bool is_whole = false;

    class Writer {
      public:
        Writer() = default;
        explicit Writer(SlowStore& store)
            : store_(&store), timer_(std::make_unique<net::steady_timer>(store.io)) {}

        template <class Token>
        auto async_begin(const mde::PackagePart&, Token&& token) {
            store_->stored = 0;
            return later(std::forward<Token>(token));
        }
        template <class Token>
        auto async_write(std::uint64_t, std::span<const std::byte> bytes, Token&& token) {
            store_->stored += bytes.size();
            return later(std::forward<Token>(token));
        }
        template <class Token>
        auto async_commit(const mde::Receipt& receipt, Token&& token) {
            store_->is_whole = receipt.length == store_->stored;
            return later(std::forward<Token>(token));
        }
        void abort() { timer_->cancel(); }

      private:
        template <class Token>
        auto later(Token&& token) {
            timer_->expires_after(std::chrono::milliseconds(2));
            return timer_->async_wait(std::forward<Token>(token));
        }

        SlowStore* store_ = nullptr;
        std::unique_ptr<net::steady_timer> timer_;
    };

    template <class Token>
    auto async_open(const mde::PackageKey&, Token&& token) {
        return net::async_initiate<Token, void(mde::error_code, Writer)>(
            [this](auto handler) {
                net::post(io, net::append(std::move(handler), mde::error_code(), Writer(*this)));
            },
            token);
    }
};
static_assert(mde::AsyncPackageStore<SlowStore>);
//]

int main() {
    const example::Emulator service;
    net::io_context context;
    mde::BeastTransport transport(context, service.tls());
    mde::Credential tokens(service.settings(), mde::client_secret(service.client_secret()),
                           transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);
    SlowStore store{context};

    client.async_collect_to_store({service.machine(), "case 4711"}, store,
                                  [](mde::error_code ec, const mde::Receipt& receipt) {
                                      if (ec) std::cerr << ec.message() << '\n';
                                      std::cout << "received " << receipt.length << " bytes\n";
                                  });
    context.run();
    std::cout << "stored " << store.stored << " bytes, " << (store.is_whole ? "whole" : "not whole")
              << '\n';
    return store.is_whole ? 0 : 1;
}
