// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_LAYERING_BOOST_VERSIONS_HPP
#define MDE_TESTS_LAYERING_BOOST_VERSIONS_HPP

/// @file
/// What Boost 1.81 has and some later version has not: found by comparing its headers up to 1.90.
/// The compiler that builds the tests cannot tell.

#include "layering/include_rules.hpp"

#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

namespace layering {

/// Beginnings of the names of headers.
inline constexpr std::array gone_headers = std::to_array<std::string_view>({
    "boost/asio/detail/",
    "boost/asio/execution/bulk_",
    "boost/asio/execution/connect.hpp",
    "boost/asio/execution/execute.hpp",
    "boost/asio/execution/operation_state.hpp",
    "boost/asio/execution/receiver",
    "boost/asio/execution/schedule",
    "boost/asio/execution/sender.hpp",
    "boost/asio/execution/set_",
    "boost/asio/execution/start.hpp",
    "boost/asio/execution/submit.hpp",
    "boost/asio/experimental/append.hpp",
    "boost/asio/experimental/as_tuple.hpp",
    "boost/asio/experimental/deferred.hpp",
    "boost/asio/experimental/prepend.hpp",
    "boost/asio/handler_alloc_hook.hpp",
    "boost/asio/handler_invoke_hook.hpp",
    "boost/asio/impl/",
    "boost/asio/io_service",
    "boost/asio/ssl/rfc2818_verification.hpp",
    "boost/beast/core/detail/",
    "boost/json/detail/",
    "boost/json/memory_resource.hpp",
    "boost/json/system_error.hpp",
    "boost/url/src.hpp",
});

/// Names, as they stand in code.
inline constexpr std::array gone_names = std::to_array<std::string_view>({
    "address::from_string",
    "asio_handler_allocate",
    "asio_handler_deallocate",
    "asio_handler_invoke",
    "asio_handler_is_continuation",
    "buffer_cast",
    "const_buffers_1",
    "deadline_timer",
    "execution::connect",
    "execution::execute",
    "execution::submit",
    "expires_from_now",
    "get_io_context",
    "get_io_service",
    "io_context::strand",
    "io_context::work",
    "io_service",
    "json::error_code",
    "json::memory_resource",
    "json::result",
    "json::system_error",
    "mutable_buffers_1",
    "null_buffers",
    "resolver::query",
    "resolver_query",
    "rfc2818_verification",
    "urls::string_view",
});

namespace detail {

/// As a word of its own, perhaps with a namespace before it.
inline bool says(std::string_view code, std::string_view name) {
    const auto in_word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    for (std::size_t at = code.find(name); at != std::string_view::npos;
         at = code.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if ((at == 0 || !in_word(code[at - 1])) && (end == code.size() || !in_word(code[end])))
            return true;
    }
    return false;
}

} // namespace detail

/// Everything that a later Boost would not compile.
inline Violations check_boost_versions(const Tree& files) {
    Violations found;
    for (const auto& [path, text] : files) {
        for (const std::string& header : includes_of(text))
            for (const std::string_view gone : gone_headers)
                if (header.starts_with(gone))
                    found.push_back(path + ": includes " + header + ", which later Boost has not");
        const std::string code = without_comments(text);
        for (const std::string_view gone : gone_names)
            if (detail::says(code, gone))
                found.push_back(path + ": uses " + std::string(gone) +
                                ", which later Boost has not");
    }
    return found;
}

} // namespace layering

#endif
