// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_CLIENT_ASSERTION_HPP
#define MDE_WIRE_CLIENT_ASSERTION_HPP

/// @file
/// What an application signs with its certificate's key in place of a client secret.

#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/wire/json_text.hpp>
#include <mde/wire/jwt.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// How an assertion is signed. The page on certificates asks for `ps256`; the page on client
/// credentials still shows `rs256`, with the older thumbprint.
enum class SigningAlgorithm {
    /// RSASSA-PSS with SHA-256; the certificate is named by the SHA-256 of its DER form.
    ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256; the certificate is named by the SHA-1 of its DER form.
    rs256,
};

/// One assertion. Source: "Microsoft identity platform application authentication certificate
/// credentials"; RFC 7523 section 3.
struct ClientAssertion {
    /// How it is signed.
    SigningAlgorithm algorithm = SigningAlgorithm::ps256;
    /// Of the certificate, in base64url.
    std::string thumbprint;
    /// The token endpoint's own URL.
    std::string audience;
    /// Of the application, which is both issuer and subject.
    std::string client_id;
    /// A GUID that no other assertion has: an endpoint may take each only once.
    std::string id;
    /// By our clock; written in whole seconds.
    UtcTime issued{};
    /// From `issued` on; ten minutes at most are advised.
    std::chrono::seconds life = std::chrono::minutes(5);
};

/// Sixteen random bytes as a GUID of version 4.
MDE_DECL std::string guid_of(std::array<std::byte, 16> random);

/// The JSON of its first part.
MDE_DECL std::string assertion_header(const ClientAssertion& assertion);

/// The JSON of its second part.
MDE_DECL std::string assertion_claims(const ClientAssertion& assertion);

/// What is to be signed; the signature follows it behind a dot.
MDE_DECL std::string signing_input(const ClientAssertion& assertion);

#if MDE_DEFINITIONS

MDE_DECL std::string guid_of(std::array<std::byte, 16> random) {
    constexpr std::string_view digits = "0123456789abcdef";
    random[6] = (random[6] & std::byte{0x0f}) | std::byte{0x40};
    random[8] = (random[8] & std::byte{0x3f}) | std::byte{0x80};
    std::string text;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
        text.push_back(digits[std::to_integer<unsigned>(random[i]) >> 4]);
        text.push_back(digits[std::to_integer<unsigned>(random[i]) & 15]);
    }
    return text;
}

MDE_DECL std::string assertion_header(const ClientAssertion& assertion) {
    const bool is_ps256 = assertion.algorithm == SigningAlgorithm::ps256;
    std::string json = is_ps256 ? R"({"alg":"PS256","typ":"JWT","x5t#S256":)"
                                : R"({"alg":"RS256","typ":"JWT","x5t":)";
    append_json_string(json, assertion.thumbprint);
    json.push_back('}');
    return json;
}

MDE_DECL std::string assertion_claims(const ClientAssertion& assertion) {
    const auto begin = std::chrono::floor<std::chrono::seconds>(assertion.issued);
    const auto number = [](auto time) { return std::to_string(time.time_since_epoch().count()); };
    std::string json = R"({"aud":)";
    append_json_string(json, assertion.audience);
    for (const char* name : {R"(,"iss":)", R"(,"sub":)"}) {
        json.append(name);
        append_json_string(json, assertion.client_id);
    }
    json.append(R"(,"jti":)");
    append_json_string(json, assertion.id);
    json.append(R"(,"nbf":)").append(number(begin));
    json.append(R"(,"iat":)").append(number(begin));
    json.append(R"(,"exp":)").append(number(begin + assertion.life)).append("}");
    return json;
}

MDE_DECL std::string signing_input(const ClientAssertion& assertion) {
    return jwt_signing_input(assertion_header(assertion), assertion_claims(assertion));
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
