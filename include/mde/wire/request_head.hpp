// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_REQUEST_HEAD_HPP
#define MDE_WIRE_REQUEST_HEAD_HPP

/// @file
/// The one place where a request becomes bytes, and where nothing unsafe gets through.

#include <mde/base/ascii.hpp>
#include <mde/base/char_set.hpp>
#include <mde/base/error.hpp>
#include <mde/base/fixed_text.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>
#include <mde/base/version.hpp>
#include <mde/wire/http_message.hpp>

#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// The `User-Agent` of every request.
inline constexpr std::string_view user_agent = "mde-sdk/" MDE_VERSION_STRING;

/// True for the fields that a transport writes itself: a second one would make two readers see two
/// different requests.
constexpr bool is_framing_field(std::string_view name) noexcept {
    return ascii::equal_ignoring_case(name, "Host") ||
           ascii::equal_ignoring_case(name, "Content-Length") ||
           ascii::equal_ignoring_case(name, "Transfer-Encoding") ||
           ascii::equal_ignoring_case(name, "Connection");
}

namespace detail {

inline constexpr CharSet sent_target_chars([](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
inline constexpr CharSet sent_value_chars([](char c) {
    return ascii::is_printable(c) || c == '\t';
});

constexpr bool is_safe_value(std::string_view text) noexcept {
    return sent_value_chars.holds_all(text.substr(ascii::printable_front(text)));
}

/// No less than what the head of `request` will take.
constexpr std::size_t head_room(const HttpRequest& request) noexcept {
    std::size_t room = 128 + user_agent.size() + request.target.size() + request.host.size();
    for (const HeaderField& field : request.fields)
        room += field.name.size() + field.value.size() + 4;
    return room;
}

} // namespace detail

/// True if each part of `request` can be put on the wire without changing its meaning: a CR or LF
/// in a token, a comment or an id would otherwise add lines of its own.
constexpr bool is_safe(const HttpRequest& request) noexcept {
    constexpr auto in_host = [](char c) { return ascii::is_alnum(c) || c == '.' || c == '-'; };
    if (!request.target.starts_with('/') || !detail::sent_target_chars.holds_all(request.target))
        return false;
    if (request.host.empty() || !ascii::all(request.host, in_host)) return false;
    for (const HeaderField& field : request.fields) {
        if (field.name.empty() || !ascii::all(field.name, ascii::is_token_char)) return false;
        if (is_framing_field(field.name) || !detail::is_safe_value(field.value)) return false;
    }
    return true;
}

/// Appends the request line, the header fields and the empty line to `out`. `out` is a `Secret`
/// because it holds the token or the link; room is made for the body too, which the caller appends.
/// @par Errors errc::unsafe_request; nothing is appended then
MDE_DECL error_code append_request_head(const HttpRequest& request, Secret& out);

#if MDE_DEFINITIONS

MDE_DECL error_code append_request_head(const HttpRequest& request, Secret& out) {
    if (!is_safe(request)) return make_error_code(errc::unsafe_request);
    out.reserve(out.size() + detail::head_room(request) + request.body.size());
    FixedText<20> number;
    out.append(name_of(request.method));
    out.append(" ");
    out.append(request.target);
    out.append(" HTTP/1.1\r\nHost: ");
    out.append(request.host);
    if (request.port != default_port(request.scheme)) {
        number.append_number(request.port);
        out.append(":");
        out.append(number.view());
    }
    out.append("\r\nUser-Agent: ");
    out.append(user_agent);
    for (const HeaderField& field : request.fields) {
        out.append("\r\n");
        out.append(field.name);
        out.append(": ");
        out.append(field.value);
    }
    if (request.method == Method::post || !request.body.empty()) {
        number.clear();
        number.append_number(request.body.size());
        out.append("\r\nContent-Length: ");
        out.append(number.view());
    }
    out.append("\r\n\r\n");
    return {};
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
