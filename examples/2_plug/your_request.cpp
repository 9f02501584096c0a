// SPDX-License-Identifier: BSL-1.0
// A call of your own: its page as a type, and what its answer is read into. Token, retries, quota,
// limits and the service's words in an error come with it.

#include <mde/async/local_quotas.hpp>
#include <mde/async/run_blocking.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/model/cloud.hpp>
#include <mde/model/machine_id.hpp>
#include <mde/service/in_process_transport.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/route.hpp>

#include <iostream>
#include <string>

using namespace mde::literals;

//[your_request
struct Machine {
    std::string name, health;
};

struct GetMachine { // source: "Get machine by ID API"
    mde::MachineId machine;

    using Response = Machine;
    static constexpr auto method = mde::Method::get;
    static constexpr mde::AnyOf application{mde::Permission::machine_read_all};
    static constexpr mde::AnyOf delegated{mde::Permission::machine_read};
    static constexpr mde::Quota quota{.per_minute = 100, .per_hour = 1500};
    static constexpr auto stage = mde::Stage::other;
    auto target() const { return mde::wire::expand_route("/api/machines/{id}", machine.segment()); }
};

template <>
struct mde::wire::Codec<Machine> {
    static result<Machine> decode(const Answer& answer) {
        const auto object = parse_json_object(answer.body);
        if (!object) return object.error();
        Members members(*object);
        const auto name = members.string("computerDnsName");
        const auto health = members.string("healthStatus");
        if (!members.ok() || !name || !health) return make_error_code(errc::malformed_answer);
        return Machine{*name, *health};
    }
};
//]

/// Stands in for the service, which answers one machine and no other.
struct Service {
    mde::HttpReply handle(const mde::IncomingRequest& request, const mde::Now&) {
        mde::HttpReply reply;
        reply.add_field("Content-Type", "application/json");
        if (request.target == "/api/machines/00112233445566778899aabbccddeeff00112233") {
            reply.body = R"({"computerDnsName": "desk-17.example", "healthStatus": "Active"})";
        } else {
            reply.status = 404;
            reply.body = R"({"error": {"code": "ResourceNotFound", "message": "no machine"}})";
        }
        return reply;
    }
};

mde::result<Machine> look_up(const mde::MachineId& id, mde::Diagnostics& said) {
    Service service;
    mde::SystemClock clock;
    mde::service::InProcessTransport transport(service, clock);
    mde::exemplar::FixedToken tokens{{mde::Secret("of-an-example"), mde::no_deadline}};
    mde::LocalQuotas quotas;
    mde::NoObserver observer;
    mde::exemplar::NoStore store;
    const mde::Ports<decltype(transport), decltype(tokens), mde::LocalQuotas, mde::SystemClock,
                     mde::NoObserver, mde::exemplar::NoStore>
        ports{&transport, &tokens, &quotas, &clock, &observer, &store};
    const mde::Settings settings = mde::Settings::for_cloud(
        mde::clouds().front(), *mde::TenantId::parse("contoso.example"), "app-1");
    mde::flow::Context context;
    context.settings = &settings;
    return mde::run_blocking<mde::flow::Exchange<GetMachine>>(ports, context, said, GetMachine{id});
}

int main() {
    mde::Diagnostics said;
    const auto machine = look_up("00112233445566778899aabbccddeeff00112233"_machine, said);
    if (!machine) return 1;
    std::cout << machine->name << " is " << machine->health << '\n';

    const auto nobody = look_up("ffeeddccbbaa99887766554433221100ffeeddcc"_machine, said);
    std::cout << nobody.error().message() << ": " << said.code << ", " << said.message << '\n';
    return 0;
}
