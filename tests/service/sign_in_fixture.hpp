// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SERVICE_SIGN_IN_FIXTURE_HPP
#define MDE_TESTS_SERVICE_SIGN_IN_FIXTURE_HPP

/// @file
/// The authority alone, without the rest of the service, and a time that the test sets.

#include <mde/base/base64.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/sign_in_host.hpp>
#include <mde/wire/form.hpp>
#include <mde/wire/json.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mde_test {

using namespace std::chrono_literals;

using TokenForm = std::map<std::string, std::string>;

struct SignInFixture {
    static constexpr std::string_view tenant = "11111111-2222-4333-8444-555555555555";
    static constexpr std::string_view resource = "https://api.securitycenter.microsoft.com";
    static constexpr std::string_view device_grant = "urn:ietf:params:oauth:grant-type:device_code";

    mde::service::ServiceState state{mde::service::Settings(), mde::service::GuidSource(1)};
    mde::service::exemplar::WeakSigner signer;
    mde::Now now{mde::MonotonicTime(1h),
                 mde::UtcTime(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1))};

    SignInFixture() {
        mde::service::Application app;
        app.tenant = tenant;
        app.client_id = "app-1";
        app.client_secret = "s3cr3t~+/= value";
        app.name = "Test app";
        state.applications.push_back(app);
    }

    mde::service::Application& application() { return state.applications.front(); }
    mde::service::SignInRules& rules() { return state.settings.sign_in; }

    void pass(mde::Duration span) {
        now.monotonic += span;
        now.utc += std::chrono::duration_cast<mde::Ticks>(span);
    }
    std::int64_t seconds() const {
        return std::chrono::floor<std::chrono::seconds>(now.utc).time_since_epoch().count();
    }

    static std::string path(std::string_view point = "v2.0/token", std::string_view of = tenant) {
        return "/" + std::string(of) + "/oauth2/" + std::string(point);
    }

    mde::HttpReply ask(std::string_view method, const std::string& target, std::string_view body,
                       std::vector<mde::HeaderField> fields) {
        const std::string_view bare = target;
        const auto route = mde::service::match_token_route(bare.substr(0, bare.find('?')));
        if (!route) throw std::logic_error("no point of sign-in");
        return mde::service::answer_sign_in(state, mde::service::SignerRef::to(signer),
                                            {method, target, "login.example", fields, body}, *route,
                                            now);
    }
    mde::HttpReply post(const TokenForm& form, const std::string& target = path()) {
        mde::Secret body;
        for (const auto& [name, value] : form) mde::wire::append_form_field(body, name, value);
        return ask("POST", target, body.expose(),
                   {{"Content-Type", "application/x-www-form-urlencoded"}});
    }

    static mde::wire::json::object json(const mde::HttpReply& reply) {
        return *mde::wire::parse_json_object(reply.body);
    }
    static std::string text(const mde::HttpReply& reply, std::string_view name) {
        const mde::wire::json::object document = json(reply);
        return mde::wire::Members(document).string(name).value_or("");
    }
    static std::string error(const mde::HttpReply& reply) { return text(reply, "error"); }
    /// The number of a refusal; both places that name it must agree.
    static std::int64_t number(const mde::HttpReply& reply) {
        const auto document = json(reply);
        const auto number = document.at("error_codes").as_array().at(0).to_number<std::int64_t>();
        const std::string said = "AADSTS" + std::to_string(number) + ": ";
        return text(reply, "error_description").starts_with(said) ? number : -1;
    }

    /// Whom the token of an answer speaks for; empty if the API would not take it.
    std::optional<mde::service::Caller> caller(const mde::HttpReply& reply) {
        return mde::service::check_bearer_token(mde::service::SignerRef::to(signer),
                                                text(reply, "access_token"),
                                                state.settings.audiences, now.utc);
    }

    static std::string base64(std::string_view bytes) {
        return mde::base64_encode(std::as_bytes(std::span(bytes)), mde::Base64Alphabet::url);
    }
    /// An assertion with the signature "signed".
    static std::string assertion(const mde::wire::json::object& header,
                                 const mde::wire::json::object& claims) {
        return base64(mde::wire::json::serialize(header)) + '.' +
               base64(mde::wire::json::serialize(claims)) + '.' + base64("signed");
    }
};

} // namespace mde_test

#endif
