// SPDX-License-Identifier: BSL-1.0
// The whole job in one call: collect, wait, ask for the link, download, prove, store.

#include "emulator.hpp"

#include <mde/adapter/https_client.hpp>

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <iostream>

int main() {
    example::Emulator service; // stands in for the cloud
    example::TemporaryStore store;
    int status = 1;

    //[collect_and_save
    boost::asio::io_context context;
    mde::BeastTransport transport(context, service.tls());
    mde::Credential tokens(service.settings(), mde::client_secret(service.client_secret()),
                           transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);

    client.async_collect_to_store({service.machine(), "case 4711"}, store.files(),
                                  [&](mde::error_code ec, mde::Receipt receipt) {
                                      if (ec) {
                                          std::cerr << "no package: " << ec.message() << '\n';
                                          return;
                                      }
                                      std::cout << "stored " << receipt.length
                                                << " bytes of action " << receipt.action << '\n';
                                      std::cout << "SHA-256 " << receipt.sha256.hex().view()
                                                << '\n';
                                      status = 0;
                                  });
    context.run();
    //]

    for (const auto& entry : std::filesystem::directory_iterator(store.path()))
        if (entry.path().extension() == ".zip")
            std::cout << "the file has " << entry.file_size() << " bytes\n";
    return status;
}
