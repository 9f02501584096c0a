// SPDX-License-Identifier: BSL-1.0
// Two ways to end a job early: a limit on its time, and somebody who no longer wants it. Either way
// nothing is left under a final name, and what has come of a package is gone on with the next time.

#include "emulator.hpp"

#include <mde/adapter/https_client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>

namespace net = boost::asio;

int main() {
    example::Emulator service;
    example::TemporaryStore store;
    net::io_context context;
    mde::BeastTransport transport(context, service.tls());
    mde::Credential tokens(service.settings(), mde::client_secret(service.client_secret()),
                           transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);

    //[timeout
    mde::Diagnostics said;
    const mde::CallOptions options{&said, std::chrono::milliseconds(1)};
    client.async_collect_to_store({service.machine(), "case 4711"}, store.files(), options,
                                  [](mde::error_code ec, const mde::Receipt&) {
                                      std::cout << "too late: " << ec.message() << '\n';
                                  });
    //]
    context.run();
    context.restart();

    //[cancel
    net::cancellation_signal stop;
    client.async_collect_to_store(
        {service.machine(), "case 4711"}, store.files(),
        net::bind_cancellation_slot(stop.slot(), [](mde::error_code ec, const mde::Receipt&) {
            const bool stopped = ec == net::error::operation_aborted;
            std::cout << (stopped ? "stopped" : ec.message()) << '\n';
        }));
    net::post(context, [&] { stop.emit(net::cancellation_type::total); });
    //]
    context.run();

    const bool empty = std::filesystem::is_empty(store.path());
    std::cout << (empty ? "nothing was left\n" : "something was left\n");
    return empty ? 0 : 1;
}
