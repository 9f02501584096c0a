// SPDX-License-Identifier: BSL-1.0
// An executor of your own: everything that the program is told, it is told in its own event loop.

#include "emulator.hpp"

#include "loop_executor.hpp"

#include <mde/adapter/https_client.hpp>

#include <iostream>
#include <thread>

int main() {
    example::Emulator service;
    example::TemporaryStore store;
    const auto main_thread = std::this_thread::get_id();
    int status = 1;

    //[your_executor
    example::Loop loop;
    mde::BeastTransport transport(loop.get_executor(), service.tls());
    mde::Credential tokens(service.settings(), mde::client_secret(service.client_secret()),
                           transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);

    client.async_collect_to_store({service.machine(), "case 4711"}, store.files(),
                                  [&](mde::error_code ec, const mde::Receipt& receipt) {
                                      const auto here = std::this_thread::get_id();
                                      std::cout
                                          << "stored " << receipt.length << " bytes, told "
                                          << (here == main_thread ? "in the loop" : "elsewhere")
                                          << '\n';
                                      status = ec ? 1 : 0;
                                      loop.stop();
                                  });
    loop.run();
    //]
    return status;
}
