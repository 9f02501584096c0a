// SPDX-License-Identifier: BSL-1.0
// The steps one by one, each with a callback: for those who want to do something in between. What
// the service says about a failure is in the diagnostics.

#include "emulator.hpp"

#include <mde/adapter/https_client.hpp>
#include <mde/request/collect_investigation_package.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <iostream>
#include <utility>

using Transport = mde::BeastTransport<boost::asio::io_context::executor_type>;
using Tokens = mde::Credential<Transport>;
using Client = mde::Client<mde::OpensslSha256, Transport&, Tokens&>;

//[callbacks
struct Job {
    Client& client;
    mde::FileStore& store;
    mde::Diagnostics said{};
    mde::PackageKey key{};
    int status = 1;

    mde::CallOptions options() { return {&said, std::chrono::minutes(30)}; }

    void start(const mde::MachineId& machine) {
        const mde::CollectInvestigationPackage request{machine, "case 4711"};
        client.async_call(request, options(),
                          [this](mde::error_code ec, mde::MachineAction action) {
                              if (ec) return failed("collect", ec);
                              key = mde::PackageKey(action.id);
                              std::cout << "collecting as " << action.id.text() << '\n';
                              wait();
                          });
    }
    void wait() {
        client.async_await_action(key.action(), options(), [this](mde::error_code ec, auto) {
            if (ec) return failed("wait", ec);
            std::cout << "the machine has done it\n";
            link();
        });
    }
    void link() {
        client.async_mint_link(key.action(), options(), [this](mde::error_code ec, auto uri) {
            if (ec) return failed("link", ec);
            std::cout << "the link leads to " << uri.host() << '\n'; // no more can be shown of it
            client.async_download(std::move(uri), key, store, options(),
                                  [this](mde::error_code error, mde::Receipt receipt) {
                                      if (error) return failed("download", error);
                                      std::cout << "stored " << receipt.length << " bytes\n";
                                      status = 0;
                                  });
        });
    }
    void failed(const char* step, mde::error_code ec) {
        std::cerr << step << ": " << ec.message() << " (" << said.code << ")\n";
    }
};
//]

int main() {
    example::Emulator service;
    example::TemporaryStore store;
    boost::asio::io_context context;
    Transport transport(context, service.tls());
    Tokens tokens(service.settings(), mde::client_secret(service.client_secret()), transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);
    Job job{client, store.files()};
    job.start(service.machine());
    context.run();
    return job.status;
}
