// SPDX-License-Identifier: BSL-1.0
// What the token endpoint says, and the tokens themselves.
#include <mde/wire/challenge.hpp>
#include <mde/wire/device_code_codec.hpp>
#include <mde/wire/jwt.hpp>
#include <mde/wire/stored_token_codec.hpp>
#include <mde/wire/token_claims.hpp>
#include <mde/wire/token_codec.hpp>

#include "fuzz/target.hpp"
#include "fuzz/targets/decoded.hpp"

#include <chrono>

namespace mde_fuzz {

namespace {

using namespace mde;

void token_set(std::string_view text) {
    const auto tokens = decoded<wire::TokenSet>(text);
    if (!tokens) return;
    const auto secret = tokens->access.secret().expose();
    const auto life = std::chrono::duration_cast<std::chrono::seconds>(
        tokens->access.expires_at().time_since_epoch());
    require(wire::is_token68(secret) && secret.size() <= bounds::access_token,
            "an access token can be sent");
    require(life > std::chrono::seconds(0) && life <= std::chrono::hours(48),
            "a life is believed up to two days");
    const auto again = decoded<wire::TokenSet>(
        wire::Codec<wire::TokenSet>::encode(secret, tokens->refresh.expose(), life));
    require(again && again->access.secret().expose() == secret &&
                again->refresh.expose() == tokens->refresh.expose() &&
                again->access.expires_at() == tokens->access.expires_at(),
            "a token answer reads the same when written");
}

void device_code(std::string_view text) {
    const auto code = decoded<DeviceAuthorization>(text);
    if (!code) return;
    require(ascii::all(code->message, ascii::is_printable) &&
                ascii::all(code->user_code, ascii::is_printable),
            "what is shown is printable");
    require(code->verification_uri.starts_with("h") || code->verification_uri.starts_with("H"),
            "the page is one of https");
    require(code->interval >= std::chrono::seconds(1) && code->expires_in <= std::chrono::hours(1),
            "spans are bounded");
    const auto again =
        decoded<DeviceAuthorization>(wire::Codec<DeviceAuthorization>::encode(*code));
    require(again && again->device_code.expose() == code->device_code.expose() &&
                again->user_code == code->user_code &&
                again->verification_uri == code->verification_uri &&
                again->interval == code->interval && again->expires_in == code->expires_in,
            "a device code reads the same when written");
}

void stored_token(std::string_view text) {
    const auto token = wire::decode_stored_token(text);
    if (!token) return;
    const auto again = wire::decode_stored_token(wire::encode_stored_token(*token).expose());
    require(again && again->access_token.expose() == token->access_token.expose() &&
                again->refresh_token.expose() == token->refresh_token.expose() &&
                again->obtained_at == token->obtained_at && again->expires_at == token->expires_at,
            "a stored token reads the same when written");
}

} // namespace

void tokens(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    token_set(text);
    device_code(text);
    stored_token(text);
    const wire::TokenError error = wire::decode_token_error(text);
    require(wire::decode_token_error(wire::encode_token_error(error)) == error,
            "a refusal reads the same when written");
    static_cast<void>(wire::decode_token_claims(text));
    // A token whose claims are the text.
    const std::string payload = base64_encode(bytes, Base64Alphabet::url);
    require(base64_decode(payload, Base64Alphabet::url) == text, "base64 holds every byte");
    const auto claims = wire::decode_token_claims("e30." + payload + ".c2ln");
    require(!claims || wire::parse_json_object(text).has_value(), "claims are a JSON object");
    if (const auto challenge = wire::claims_of_challenge(text))
        require(wire::parse_json_object(*challenge).has_value(), "demanded claims are an object");
    const auto asked =
        wire::claims_of_challenge("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"" +
                                  base64_encode(bytes, Base64Alphabet::standard) + '"');
    require(!asked || *asked == text, "claims are sent as they were demanded");
}

} // namespace mde_fuzz
