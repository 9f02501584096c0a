// SPDX-License-Identifier: BSL-1.0
// Packages of many machines, signed in by Azure's own environment variables. The state lies in a
// file: a program that is killed at any point goes on from it when it is started again.

#include "emulator.hpp"

#include <mde/adapter/environment_sign_in.hpp>
#include <mde/adapter/file_state.hpp>
#include <mde/adapter/https_client.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

using namespace mde::literals;

int main() {
    example::Emulator service;
    example::TemporaryStore store;
    const std::vector<mde::MachineId> machines{service.machine(),
                                               "ffeeddccbbaa99887766554433221100ffeeddcc"_machine};
    // With a real environment: [](const char* name) { return std::getenv(name); }
    const std::string secret(service.client_secret().expose());
    const auto environment = [&](const char* name) {
        return std::string_view(name) == "AZURE_CLIENT_SECRET" ? secret.c_str() : nullptr;
    };

    //[many_machines
    const auto sign_in = mde::sign_in_from_environment(service.settings(), environment).value();
    boost::asio::io_context context;
    mde::BeastTransport transport(context, service.tls());
    mde::Credential tokens(sign_in.settings, sign_in.chain, transport);
    auto client = mde::make_client<mde::OpensslSha256>(sign_in.settings, transport, tokens);

    mde::FileState saved = mde::FileState::at(store.path() + "/fleet.state").value();
    const auto earlier = saved.load().value();
    mde::FleetState fleet =
        earlier ? mde::wire::decode_fleet_state(*earlier).value()
                : mde::FleetState::of(sign_in.settings.tenant, "case 4711", machines);

    client.async_collect_many(fleet, store.files(), saved,
                              [](mde::error_code ec, const mde::FleetState& end) {
                                  if (ec) std::cerr << "not to its end: " << ec.message() << '\n';
                                  for (const mde::FleetJob& job : end.jobs)
                                      std::cout << job.machine.text() << ": " << name_of(job.phase)
                                                << job.message << '\n';
                              });
    context.run();
    //]
    return 0;
}
