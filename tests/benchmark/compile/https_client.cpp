// SPDX-License-Identifier: BSL-1.0
// What compiling mde/https.hpp costs with a client that is really used: the main job of the README.

#include <mde/https.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <utility>

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const auto tenant = mde::TenantId::parse(argv[1]);
    const auto machine = mde::MachineId::parse(argv[2]);
    auto tls = mde::TlsContext::system();
    auto store = mde::FileStore::in(argv[3]);
    if (!tenant || !machine || !tls || !store) return 2;

    boost::asio::io_context context;
    mde::BeastTransport transport(context, *tls);
    const auto settings = mde::Settings::for_cloud(mde::clouds().front(), *tenant, "application");
    mde::Credential tokens(settings, mde::client_secret(mde::Secret("secret")), transport);
    auto client = mde::make_client<mde::OpensslSha256>(settings, transport, tokens);
    int status = 1;
    client.async_collect_to_store({*machine, "case 4711"}, *store,
                                  [&status](mde::error_code ec, const mde::Receipt& receipt) {
                                      if (ec) return;
                                      std::printf("%llu\n",
                                                  static_cast<unsigned long long>(receipt.length));
                                      status = 0;
                                  });
    context.run();
    return status;
}
