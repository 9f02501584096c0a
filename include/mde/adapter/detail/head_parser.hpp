// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_HEAD_PARSER_HPP
#define MDE_ADAPTER_DETAIL_HEAD_PARSER_HPP

/// @file
/// The head of an answer, parsed by Beast within our bounds.

#include <mde/base/bounds.hpp>
#include <mde/base/result.hpp>
#include <mde/wire/http_message.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

namespace mde::inline MDE_ABI::detail {

/// The length of the head at the front of `text`, its empty line included; zero if that has not
/// come yet.
inline std::size_t head_size(std::string_view text) noexcept {
    constexpr std::string_view end = "\r\n\r\n";
    const std::size_t at = text.find(end);
    return at == std::string_view::npos ? 0 : at + end.size();
}

struct ParsedHead {
    ResponseHead head;
    bool keep_alive = false;
};

/// `text` is one whole head.
/// @par Errors errc::malformed_head
inline result<ParsedHead> parse_head(std::string_view text) {
    namespace http = boost::beast::http;
    const error_code refused = make_error_code(errc::malformed_head);
    http::response_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(bounds::response_head));
    parser.body_limit(boost::none);
    error_code ec;
    // Beast 1.81 throws on a field over its own limit.
    try {
        parser.put(boost::asio::buffer(text.data(), text.size()), ec);
    } catch (const std::exception&) {
        return refused;
    }
    if (ec && ec != http::error::need_more) return refused;
    if (!parser.is_header_done()) return refused;
    const auto& message = parser.get();
    if (message.result_int() < 100 || message.result_int() > 599) return refused;
    ParsedHead parsed;
    parsed.head.set_status(message.result_int());
    for (const auto& field : message) {
        const auto name = field.name_string();
        const auto value = field.value();
        if (!parsed.head.add_field({name.data(), name.size()}, {value.data(), value.size()}))
            return refused;
    }
    parsed.keep_alive = parser.keep_alive();
    return parsed;
}

} // namespace mde::inline MDE_ABI::detail

#endif
