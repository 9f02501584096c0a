// SPDX-License-Identifier: BSL-1.0
// The work by this SDK, through its client as anybody would use it.
//
//   sdk download CA-FILE PORT TARGET DIRECTORY    into a FileStore, with all checks
//   sdk easy CA-FILE PORT COUNT                   calls one after the other, over one connection
//   sdk multi CA-FILE PORT COUNT                  64 at once on one thread
//   sdk fresh CA-FILE PORT COUNT                  a connection for each call, sessions resumed
//   sdk unresumed CA-FILE PORT COUNT              the same with a full handshake each time
#include "client.hpp"

#include <mde/request/get_machine_action.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

using namespace mde_benchmark;

namespace {

constexpr std::string_view action_id = "7327b54f-d718-525c-bca0-7dacde913b5a";

int download(const char* authority, const std::string& port, const std::string& target,
             const char* directory) {
    boost::asio::io_context context(1);
    Transport transport(context, trust(authority));
    Client sdk = client(port, transport);
    auto store = mde::FileStore::in(directory);
    if (!store) fail(store.error().message());
    auto link = mde::wire::adopt_link(mde::Secret("https://127.0.0.1:" + port + target),
                                      mde::SystemClock().now());
    if (!link) fail(link.error().message());
    const mde::PackageKey key(*mde::MachineActionId::parse(action_id));
    sdk.async_download(std::move(*link), key, *store, [](mde::error_code ec, mde::Receipt receipt) {
        if (ec) fail(ec.message());
        std::cout << receipt.length << '\n';
    });
    context.run();
    return 0;
}

/// Keeps `at_once` calls in flight until `count` have come back.
class Calls {
  public:
    Calls(Client& client, long count) : client_(&client), count_(count) {}

    void start() {
        if (begun_ == count_) return;
        ++begun_;
        const mde::GetMachineAction request{*mde::MachineActionId::parse(action_id)};
        client_->async_call(request, [this](mde::error_code ec, mde::MachineAction action) {
            if (ec) fail(ec.message());
            if (action.status != mde::MachineActionStatus::succeeded) fail("odd answer");
            start();
        });
    }

  private:
    Client* client_;
    long count_;
    long begun_ = 0;
};

int calls(std::string_view what, const char* authority, const std::string& port, long count) {
    boost::asio::io_context context(1);
    mde::TransportOptions options;
    const bool fresh = what == "fresh" || what == "unresumed";
    options.idle_connections = fresh ? 0 : 64;
    if (what == "unresumed") options.tls_sessions = 0;
    Transport transport(context, trust(authority), std::move(options));
    Client sdk = client(port, transport);
    Calls all(sdk, count);
    for (int i = 0; i < (what == "multi" ? 64 : 1); ++i) all.start();
    context.run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "download" && argc == 6) return download(argv[2], argv[3], argv[4], argv[5]);
    if (argc != 5) fail("download|easy|multi|fresh|unresumed CA-FILE PORT ...");
    return calls(what, argv[2], argv[3], std::strtol(argv[4], nullptr, 10));
}
