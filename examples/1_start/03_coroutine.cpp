// SPDX-License-Identifier: BSL-1.0
// The same in a coroutine. g++ 12 destroys some temporaries in a co_await expression twice: braced
// aggregates, lambdas and results of ?: with a destructor. So requests and options get a name
// first.

#include "emulator.hpp"

#include <mde/adapter/https_client.hpp>
#include <mde/request/collect_investigation_package.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <iostream>
#include <utility>

namespace net = boost::asio;

//[coroutine
template <class Client>
net::awaitable<void> collect(Client& client, mde::MachineId machine, mde::FileStore& store) {
    const mde::CollectInvestigationPackage request{machine, "case 4711"};
    const mde::MachineAction begun = co_await client.async_call(request, net::use_awaitable);
    std::cout << "collecting as " << begun.id.text() << '\n';

    const mde::MachineAction done =
        co_await client.async_await_action(begun.id, net::use_awaitable);
    std::cout << "asked for by " << done.requestor.value_or("nobody") << '\n';

    mde::PackageUri uri = co_await client.async_mint_link(done.id, net::use_awaitable);
    const mde::PackageKey key{done.id};
    const mde::Receipt receipt =
        co_await client.async_download(std::move(uri), key, store, net::use_awaitable);
    std::cout << "stored " << receipt.length << " bytes\n";
}
//]

int main() {
    example::Emulator service;
    example::TemporaryStore store;
    net::io_context context;
    mde::BeastTransport transport(context, service.tls());
    mde::Credential tokens(service.settings(), mde::client_secret(service.client_secret()),
                           transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);

    int status = 1;
    net::co_spawn(context, collect(client, service.machine(), store.files()),
                  [&](std::exception_ptr failure) {
                      if (!failure)
                          status = 0;
                      else
                          std::cerr << "no package\n";
                  });
    context.run();
    return status;
}
