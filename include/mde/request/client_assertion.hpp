// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_CLIENT_ASSERTION_HPP
#define MDE_REQUEST_CLIENT_ASSERTION_HPP

/// @file
/// Signing in as an application with a signed statement in place of a secret.

#include <mde/base/base64.hpp>
#include <mde/base/secret.hpp>
#include <mde/request/grant.hpp>
#include <mde/wire/client_assertion.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

/// Gives the statement for one try: an own one made for it, or somebody else's whom the tenant
/// trusts. errc::credential_unavailable says that there is none.
using AssertionSource = std::function<result<Secret>(const TokenAsk&)>;

/// Source: "OAuth 2.0 client credentials flow", second and third case; RFC 7523 section 2.2.
/// @par Errors of its requests: those of `source`, and errc::credential_unavailable, if `Settings`
/// lack tenant, client id or authority
template <std::convertible_to<AssertionSource> Source>
Grant client_assertion(Source source) {
    return TokenRequestMaker(
        [source = AssertionSource(std::move(source))](const TokenAsk& ask) -> result<TokenRequest> {
            auto request = begin_client_credentials(ask);
            if (!request) return request;
            auto assertion = source(ask);
            if (!assertion) return assertion.error();
            request->add("client_assertion_type",
                         "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
            request->prove("client_assertion", std::move(*assertion));
            return request;
        });
}

/// Signs with the key of a certificate that the application was registered with. The key itself
/// stays where it is: in memory (adapter/client_certificate.hpp), or in a module of the consumer's.
struct AssertionSigner {
    /// What `sign` does: PS256, or RS256 for what cannot do it.
    wire::SigningAlgorithm algorithm = wire::SigningAlgorithm::ps256;
    /// Of the certificate, in base64url: SHA-256 for PS256, SHA-1 for RS256.
    std::string thumbprint;
    /// The signature's bytes.
    std::function<result<std::string>(std::string_view signed_part)> sign;
    /// Random bytes, which name the assertion.
    std::function<result<std::array<std::byte, 16>>()> random;
};

/// Assertions that live five minutes. Source: "Microsoft identity platform application
/// authentication certificate credentials".
/// @par Errors of its requests: those of the signer, and those of `client_assertion`
template <std::same_as<AssertionSigner> Signer>
Grant signed_assertion(Signer signer) {
    return client_assertion([signer = std::move(signer)](const TokenAsk& ask) -> result<Secret> {
        const auto random = signer.random();
        if (!random) return random.error();
        wire::ClientAssertion assertion;
        assertion.algorithm = signer.algorithm;
        assertion.thumbprint = signer.thumbprint;
        assertion.audience = token_url(*ask.settings);
        assertion.client_id = ask.settings->client_id;
        assertion.id = wire::guid_of(*random);
        assertion.issued = ask.now.utc;
        Secret text(wire::signing_input(assertion));
        result<std::string> signature = signer.sign(text.expose());
        if (!signature) return signature.error();
        text.append(".");
        append_base64(text, std::as_bytes(std::span(*signature)), Base64Alphabet::url);
        wipe(signature->data(), signature->size());
        return text;
    });
}

} // namespace mde::inline MDE_ABI

#endif
