// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_BENCHMARK_CLIENT_HPP
#define MDE_TESTS_BENCHMARK_CLIENT_HPP

/// @file
/// A client of this SDK for a server on loopback, with a token of the usual length.

#include <mde/adapter/file_store.hpp>
#include <mde/adapter/https_client.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <string>

namespace mde_benchmark {

using Executor = boost::asio::io_context::executor_type;
using Transport = mde::BeastTransport<Executor>;
template <class Observer>
using BasicClient = mde::Client<mde::OpensslSha256, Transport&, mde::exemplar::FixedToken,
                                mde::exemplar::NoQuota, mde::SystemClock, Observer>;
using Client = BasicClient<mde::NoObserver>;

[[noreturn]] inline void fail(const std::string& what) {
    std::cerr << "benchmark: " << what << '\n';
    std::exit(1);
}

inline mde::TlsContext trust(const char* path) {
    std::ifstream file(path);
    const std::string pem{std::istreambuf_iterator<char>(file), {}};
    auto context = mde::TlsContext::trusting(pem);
    if (!context) fail("no authority in that file");
    return *context;
}

inline mde::Settings settings(const std::string& port) {
    const auto tenant = mde::TenantId::parse("11111111-2222-4333-8444-555555555555");
    auto made = mde::Settings::for_cloud(mde::clouds().front(), *tenant, "benchmark");
    made.api = *mde::Endpoint::parse("https://127.0.0.1:" + port);
    if (!made.links.allow("127.0.0.1:" + port)) fail("not a port");
    made.package_limit = (std::numeric_limits<std::uint64_t>::max)();
    return made;
}

inline mde::exemplar::FixedToken token() {
    return {mde::AccessToken(mde::Secret(std::string(1500, 't')), mde::no_deadline, 1)};
}

inline Client client(const std::string& port, Transport& transport) {
    return {settings(port), transport, token(), {}, {}, {}};
}

} // namespace mde_benchmark

#endif
