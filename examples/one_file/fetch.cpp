// SPDX-License-Identifier: BSL-1.0
// One package with one header and one command: fetch ACTION [ENDPOINT LINK-HOST]. The README says
// how it is built, and tests/packaging/one_file.sh does so.
//[fetch
#include <mde/https.hpp>

#include <boost/asio/use_future.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) try {
    const auto action = mde::MachineActionId::parse(argc > 1 ? argv[1] : "").value();
    auto settings = mde::Settings::for_cloud(*mde::find_cloud("commercial"), {}, {});
    if (argc > 3) { // another service than the cloud's
        settings.api = mde::Endpoint::parse(argv[2]).value();
        settings.links.allow(argv[3]).value();
    }
    const auto environment = [](const char* name) { return std::getenv(name); };
    const auto sign_in = mde::sign_in_from_environment(settings, environment).value();

    boost::asio::io_context context;
    mde::BeastTransport transport(context, mde::TlsContext::system().value());
    mde::Credential tokens(sign_in.settings, sign_in.chain, transport);
    auto client = mde::make_client<mde::OpensslSha256>(sign_in.settings, transport, tokens);
    auto store = mde::FileStore::in("packages").value();
    auto fetched = client.async_fetch(action, store, boost::asio::use_future);
    context.run();

    const mde::Receipt receipt = fetched.get();
    std::cout << receipt.length << " bytes, SHA-256 " << receipt.sha256.hex().view() << '\n';
} catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
//]
