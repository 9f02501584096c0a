// SPDX-License-Identifier: BSL-1.0
// A program without an event loop: the whole job blocks in one call, over libcurl. No Asio.

#include "emulator.hpp"

#include "blocking_tokens.hpp"
#include "curl_easy_transport.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/async/local_quotas.hpp>
#include <mde/async/run_blocking.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/flow/collect_to_store.hpp>
#include <mde/request/client_secret.hpp>

#include <iostream>

int main() {
    const example::Emulator service;
    example::TemporaryStore store;

    //[curl_easy
    const mde::Settings settings = service.settings();
    example::CurlEasyTransport transport(service.ca_pem());
    example::BlockingTokens tokens(settings, mde::client_secret(service.client_secret()),
                                   transport);
    mde::LocalQuotas quotas;
    mde::SystemClock clock;
    mde::NoObserver observer;
    const mde::Ports<example::CurlEasyTransport, decltype(tokens), mde::LocalQuotas,
                     mde::SystemClock, mde::NoObserver, mde::FileStore>
        ports{&transport, &tokens, &quotas, &clock, &observer, &store.files()};

    mde::Diagnostics said;
    const auto receipt = mde::run_blocking<mde::flow::CollectToStore<mde::OpensslSha256>>(
        ports, {.settings = &settings}, said,
        mde::CollectInvestigationPackage{service.machine(), "case 4711"});
    //]

    if (!receipt) {
        std::cerr << "no package: " << receipt.error().message() << " (" << said.code << ")\n";
        return 1;
    }
    std::cout << "stored " << receipt->length << " bytes\n";
    return 0;
}
