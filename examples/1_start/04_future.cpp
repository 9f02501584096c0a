// SPDX-License-Identifier: BSL-1.0
// The same for a program without an event loop: a thread runs one, and the caller waits for a
// future. An error is thrown by `get()`.

#include "emulator.hpp"

#include <mde/adapter/https_client.hpp>

#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <future>
#include <iostream>

int main() {
    example::Emulator service;
    example::TemporaryStore store;

    //[future
    boost::asio::thread_pool threads(1);
    mde::BeastTransport transport(threads, service.tls());
    mde::Credential tokens(service.settings(), mde::client_secret(service.client_secret()),
                           transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);

    std::future<mde::Receipt> stored = client.async_collect_to_store(
        {service.machine(), "case 4711"}, store.files(), boost::asio::use_future);
    try {
        const mde::Receipt receipt = stored.get();
        std::cout << "stored " << receipt.length << " bytes\n";
    } catch (const boost::system::system_error& error) {
        std::cerr << "no package: " << error.code().message() << '\n';
        return 1;
    }
    //]

    // An action that nobody ever began.
    const mde::MachineActionId nobody =
        *mde::MachineActionId::parse("00000000-0000-4000-8000-000000000000");
    auto missing = client.async_fetch(nobody, store.files(), boost::asio::use_future);
    try {
        missing.get();
    } catch (const boost::system::system_error& error) {
        std::cout << "another one: " << error.code().message() << '\n';
    }
    threads.join();
    return 0;
}
