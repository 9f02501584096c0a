// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SERVICE_FIXTURE_HPP
#define MDE_TESTS_SERVICE_FIXTURE_HPP

/// @file
/// A service with one tenant, one application and a time that the test sets.

#include <mde/service/emulator.hpp>
#include <mde/wire/json.hpp>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mde_test {

using namespace std::chrono_literals;
using mde::HttpReply;
using mde::MachineActionId;
using mde::MachineActionStatus;
using mde::Permission;
using mde::Stage;
namespace service = mde::service;
namespace wire = mde::wire;

inline constexpr std::string_view tenant = "11111111-2222-4333-8444-555555555555";
inline constexpr std::string_view machine = "00112233445566778899aabbccddeeff00112233";
inline constexpr std::string_view other_machine = "ffeeddccbbaa99887766554433221100ffeeddcc";

inline service::Application application() {
    service::Application app;
    app.tenant = tenant;
    app.client_id = "app-1";
    app.client_secret = "s3cr3t~+/= value";
    app.name = "Test app";
    return app;
}

inline std::string field_of(const HttpReply& reply, std::string_view name) {
    for (const auto& [known, value] : reply.fields)
        if (mde::ascii::equal_ignoring_case(known, name)) return value;
    return {};
}

inline wire::json::object json_of(const HttpReply& reply) {
    return *wire::parse_json_object(reply.body);
}

inline std::string text_of(const wire::json::object& object, std::string_view name) {
    return wire::Members(object).string(name).value_or("");
}

inline std::string error_code_of(const HttpReply& reply) {
    return text_of(json_of(reply).at("error").as_object(), "code");
}

inline std::string error_message_of(const HttpReply& reply) {
    return text_of(json_of(reply).at("error").as_object(), "message");
}

inline std::string whole_body(const HttpReply& reply) {
    if (!reply.source) return reply.body;
    std::vector<std::byte> bytes(static_cast<std::size_t>(reply.source->length));
    const std::size_t count = reply.source->read(reply.source->offset, bytes);
    return std::string(reinterpret_cast<const char*>(bytes.data()), count);
}

/// Path and query of a link.
inline std::string target_of(std::string_view link) {
    return std::string(link.substr(link.find('/', 8)));
}

struct Fixture {
    service::Emulator<service::exemplar::WeakSigner> emulator{service::exemplar::WeakSigner()};
    mde::Now now{mde::MonotonicTime(1h),
                 mde::UtcTime(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1))};
    std::string token;

    Fixture() {
        emulator.add(application());
        token = emulator.make_token(application(), now);
    }

    void pass(mde::Duration span) {
        now.monotonic += span;
        now.utc += std::chrono::duration_cast<mde::Ticks>(span);
    }

    HttpReply ask(std::string_view method, std::string_view target, std::string_view body = {},
                  std::vector<mde::HeaderField> fields = {}) {
        const std::string bearer = "Bearer " + token;
        if (!token.empty()) fields.push_back({"Authorization", bearer});
        if (!body.empty()) fields.push_back({"Content-Type", "application/json"});
        return emulator.handle({method, target, "api.example", fields, body}, now);
    }
    HttpReply get(std::string_view target) { return ask("GET", target); }
    HttpReply download(std::string_view target, std::vector<mde::HeaderField> fields = {}) {
        return emulator.handle({"GET", target, "links.example", fields, {}}, now);
    }

    HttpReply collect(std::string_view id = machine) {
        return ask("POST", "/api/machines/" + std::string(id) + "/collectInvestigationPackage",
                   R"({"Comment":"why"})");
    }
    /// The id of a collection that has just begun.
    std::string collected(std::string_view id = machine) {
        return text_of(json_of(collect(id)), "id");
    }
    /// The id of one that has finished.
    std::string finished(std::string_view id = machine) {
        std::string action = collected(id);
        pass(10s);
        return action;
    }
    HttpReply action(std::string_view id) { return get("/api/machineactions/" + std::string(id)); }
    HttpReply link(std::string_view id) {
        return get("/api/machineactions/" + std::string(id) + "/getPackageUri");
    }
    /// Path and query of a fresh link.
    std::string link_target(std::string_view id) {
        std::string value = text_of(json_of(link(id)), "value");
        if (value.starts_with('"')) value = value.substr(1, value.size() - 2);
        return target_of(value);
    }
};

} // namespace mde_test

#endif
