// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_OIDC_PROVIDER_WORLD_HPP
#define MDE_TESTS_OIDC_PROVIDER_WORLD_HPP

/// @file
/// An OpenID provider that is not ours, started by run.sh, and a client that trusts only its
/// authority.

#include "support/told.hpp"

#include <mde/adapter/beast_transport.hpp>
#include <mde/adapter/credential.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/model/cloud.hpp>
#include <mde/wire/form.hpp>
#include <mde/wire/token_claims.hpp>

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mde_test {

using namespace std::chrono_literals;

/// A file that run.sh made.
inline std::string key_file(const std::string& name) { return told("MDE_OIDC_KEYS") + '/' + name; }

/// The machine's clock, of which a test may set the time-line forward, so that none waits for a
/// token's end. The calendar stays: the provider has its own.
struct SteppedClock {
    std::shared_ptr<mde::Duration> ahead = std::make_shared<mde::Duration>();

    mde::Now now() const {
        mde::Now now = mde::SystemClock().now();
        now.monotonic += *ahead;
        return now;
    }
};

struct ProviderWorld {
    using Transport = mde::BeastTransport<boost::asio::io_context::executor_type>;
    using Tokens = mde::Credential<Transport, SteppedClock>;

    struct Prompt {
        std::string user_code;
        std::string page;
    };

    struct Asked {
        bool done = false;
        mde::error_code error;
        mde::AccessToken token;
        mde::Diagnostics diagnostics;
    };

    boost::asio::io_context io;
    Transport transport{io, *mde::TlsContext::trusting(text_of(key_file("ca.pem")))};
    SteppedClock clock;
    mde::Settings settings;
    /// What the sign-ins did so far.
    unsigned requests = 0;
    std::vector<Prompt> prompts;
    std::vector<mde::Duration> waits;
    /// What somebody does at the page when a sign-in waits for the nth time; empty: nobody comes.
    std::string answer;
    std::size_t answer_at_wait = 1;

    explicit ProviderWorld(std::string client_id) {
        settings = mde::Settings::for_cloud(mde::clouds().front(),
                                            *mde::TenantId::parse(told("MDE_OIDC_TENANT")),
                                            std::move(client_id));
        settings.authority = *mde::Endpoint::parse(told("MDE_OIDC_URL"));
        settings.audience = told("MDE_OIDC_AUDIENCE");
    }

    std::unique_ptr<Tokens> tokens(mde::Chain chain, mde::TokenStoreRef store = {}) {
        mde::CredentialOptions options;
        options.store = store;
        options.observer = [this](const mde::ObserverEvent& event) { notify(event); };
        return std::make_unique<Tokens>(settings, std::move(chain), transport, std::move(options),
                                        clock);
    }

    /// Asks, and runs until there is an answer and nobody is at the browser any more.
    Asked get(Tokens& tokens) {
        Asked asked;
        mde::TokenQuery query;
        query.deadline = clock.now().monotonic + 30s;
        tokens.async_get_token(query, asked.diagnostics,
                               [&](mde::error_code ec, mde::AccessToken token) {
                                   asked.done = true;
                                   asked.error = ec;
                                   asked.token = std::move(token);
                               });
        const auto end = std::chrono::steady_clock::now() + 40s;
        io.restart();
        while ((!asked.done || at_browser_) && std::chrono::steady_clock::now() < end)
            io.run_one_for(100ms);
        // Nothing that still runs may outlive what it refers to.
        REQUIRE(asked.done);
        REQUIRE_FALSE(at_browser_);
        return asked;
    }

    /// The same with a credential of its own.
    Asked get(mde::Grant grant) { return get(*tokens({std::move(grant)})); }

    void step(mde::Duration span) { *clock.ahead += span; }

    mde::TokenKey key(bool delegated) const {
        return {settings.authority.host(), settings.tenant.text(), settings.client_id,
                settings.audience, delegated};
    }

  private:
    void notify(const mde::ObserverEvent& event) {
        if (std::holds_alternative<mde::observed::Request>(event)) ++requests;
        if (const auto* prompt = std::get_if<mde::observed::DevicePrompt>(&event))
            prompts.push_back(
                {std::string(prompt->user_code), std::string(prompt->verification_uri)});
        if (const auto* waiting = std::get_if<mde::observed::Waiting>(&event)) {
            waits.push_back(waiting->span);
            if (!answer.empty() && waits.size() == answer_at_wait) enter_code();
        }
    }

    /// Somebody opens the page that was shown and enters the code that was shown.
    void enter_code() {
        mde::Secret form;
        mde::wire::append_form_field(form, "page", prompts.back().page);
        mde::wire::append_form_field(form, "code", prompts.back().user_code);
        mde::wire::append_form_field(form, "answer", answer);
        form_ = std::move(form);
        errand_.method = mde::Method::post;
        errand_.host = settings.authority.host();
        errand_.port = settings.authority.port();
        errand_.target = "/somebody";
        errand_.body = form_.expose();
        at_browser_ = true;
        transport.async_send(errand_, [this](mde::error_code ec, Transport::Exchange exchange) {
            at_browser_ = false;
            CHECK_FALSE(ec);
            if (!ec) CHECK(exchange.head().status() == 200);
        });
    }

    mde::Secret form_;
    mde::HttpRequest errand_;
    bool at_browser_ = false;
};

/// For how long the token lasts by what the provider said.
inline bool lasts_two_minutes(const ProviderWorld& world, const mde::AccessToken& token) {
    const mde::Duration left = token.expires_at() - world.clock.now().monotonic;
    return left > 100s && left <= 120s;
}

} // namespace mde_test

#endif
