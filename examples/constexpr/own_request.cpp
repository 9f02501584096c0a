// SPDX-License-Identifier: BSL-1.0
// A call of your own as a constant: what it asks for is held by the compiler against the page. main
// is empty: compiling is the demonstration.

#include <mde/model/machine_id.hpp>
#include <mde/request/api_request.hpp>
#include <mde/wire/route.hpp>

using namespace mde::literals;

struct RiskScore;

//[own_request
/// Source: "Get machine by ID API".
struct GetMachine {
    mde::MachineId machine;

    using Response = RiskScore; // decoded by a wire::Codec, elsewhere
    static constexpr auto method = mde::Method::get;
    static constexpr mde::AnyOf application{mde::Permission::machine_read_all};
    static constexpr mde::AnyOf delegated{mde::Permission::machine_read};
    static constexpr mde::Quota quota{.per_minute = 100, .per_hour = 1500};
    static constexpr auto stage = mde::Stage::other;

    constexpr auto target() const {
        return mde::wire::expand_route("/api/machines/{id}", machine.segment());
    }
};
static_assert(mde::ApiRequest<GetMachine> && !mde::ApiRequestWithBody<GetMachine>);
static_assert(GetMachine{"00112233445566778899aabbccddeeff00112233"_machine}.target() ==
              "/api/machines/00112233445566778899aabbccddeeff00112233");
static_assert(GetMachine::application.contains(mde::Permission::machine_read_all));
//]

int main() {}
