// SPDX-License-Identifier: BSL-1.0
// The whole job over libcurl, on the program's own io_context. The transport is in
// curl_multi_transport.hpp.

#include "emulator.hpp"

#include "curl_multi_transport.hpp"

#include <mde/adapter/credential.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/async/client.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main() {
    example::Emulator service;
    example::TemporaryStore store;
    int status = 1;

    //[curl_multi
    boost::asio::io_context context;
    example::CurlMultiTransport transport(context.get_executor(), service.ca_pem());
    mde::Credential tokens(service.settings(), mde::client_secret(service.client_secret()),
                           transport);
    auto client = mde::make_client<mde::OpensslSha256>(service.settings(), transport, tokens);
    //]

    client.async_collect_to_store({service.machine(), "case 4711"}, store.files(),
                                  [&](mde::error_code ec, const mde::Receipt& receipt) {
                                      std::cout << "stored " << receipt.length
                                                << " bytes: " << (ec ? ec.message() : "well")
                                                << '\n';
                                      status = ec ? 1 : 0;
                                  });
    context.run();
    return status;
}
