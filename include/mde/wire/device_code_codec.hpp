// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_DEVICE_CODE_CODEC_HPP
#define MDE_WIRE_DEVICE_CODE_CODEC_HPP

/// @file
/// The answer of the device authorization endpoint (RFC 8628 section 3.2).

#include <mde/base/ascii.hpp>
#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/printable.hpp>
#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>
#include <mde/wire/codec.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/link_grammar.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

/// A sign-in that waits for somebody with a browser. All texts but the code are safe to show.
/// Source: "OAuth 2.0 device authorization grant flow".
struct DeviceAuthorization {
    /// What is polled with; never shown.
    Secret device_code;
    /// What somebody enters.
    std::string user_code;
    /// https, of RFC 3986 characters.
    std::string verification_uri;
    /// The service's own words; may be empty.
    std::string message;
    /// How long both are good.
    std::chrono::seconds expires_in{};
    /// Between two polls, at least.
    std::chrono::seconds interval{};
};

namespace wire {

namespace detail {

/// A page that may be shown to people as one to enter a code at.
MDE_DECL bool is_safe_page(std::string_view uri);

#if MDE_DEFINITIONS

MDE_DECL bool is_safe_page(std::string_view uri) {
    if (uri.size() > bounds::shown_message) return false;
    return split_link(uri).has_value() || split_link(std::string(uri) + '/').has_value();
}

#endif

} // namespace detail

/// Members in the order of the documented answer.
MDE_DECL json::object write_device_authorization(const DeviceAuthorization& code);

/// The answer of the device authorization endpoint.
template <>
struct Codec<DeviceAuthorization> {
    /// Where the answer names no interval it is 5 s, as the RFC says; one below a second is a
    /// second, one above a minute a minute. A life is believed up to an hour.
    /// @par Errors errc::malformed_answer, errc::duplicate_member, errc::answer_too_large
    static result<DeviceAuthorization> decode(const Answer& answer);

    /// For the service side.
    static std::string encode(const DeviceAuthorization& code);
};

#if MDE_DEFINITIONS

MDE_DECL json::object write_device_authorization(const DeviceAuthorization& code) {
    return {{"user_code", code.user_code},
            {"device_code", code.device_code.expose()},
            {"verification_uri", code.verification_uri},
            {"expires_in", code.expires_in.count()},
            {"interval", code.interval.count()},
            {"message", code.message}};
}

MDE_DECL result<DeviceAuthorization> Codec<DeviceAuthorization>::decode(const Answer& answer) {
    WipingResource memory;
    const result<json::object> document =
        parse_json_object(answer.body, json::storage_ptr(&memory));
    if (!document) return document.error();
    Members members(*document);
    const json::value* code = members.find("device_code");
    std::string user_code = members.string("user_code").value_or("");
    std::string page = members.string("verification_uri").value_or("");
    std::string message = members.string("message").value_or("");
    const std::int64_t life = members.integer("expires_in").value_or(0);
    const std::int64_t interval = members.integer("interval").value_or(5);
    if (!members.ok() || code == nullptr || !code->is_string() || life <= 0)
        return make_error_code(errc::malformed_answer);
    const std::string_view secret = code->get_string();
    if (secret.empty() || secret.size() > bounds::access_token || user_code.empty() ||
        printable_word(user_code, bounds::shown_word) != user_code || !detail::is_safe_page(page))
        return make_error_code(errc::malformed_answer);
    message = printable_message(scrubbed(std::move(message), {secret}), bounds::shown_message);
    return DeviceAuthorization{
        Secret(secret),
        std::move(user_code),
        std::move(page),
        std::move(message),
        std::chrono::seconds((std::min)(life, std::int64_t(3600))),
        std::chrono::seconds(std::clamp(interval, std::int64_t(1), std::int64_t(60)))};
}

MDE_DECL std::string Codec<DeviceAuthorization>::encode(const DeviceAuthorization& code) {
    return json::serialize(write_device_authorization(code));
}

#endif

} // namespace wire

} // namespace mde::inline MDE_ABI

#endif
