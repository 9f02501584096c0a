// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_HTTP_HANDLER_HPP
#define MDE_PORT_HTTP_HANDLER_HPP

/// @file
/// The port of the service side: something that answers requests, whatever carries them.

#include <mde/base/ascii.hpp>
#include <mde/base/time.hpp>
#include <mde/wire/http_message.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

/// A request as it arrived. The method is text, since anything may arrive.
struct IncomingRequest {
    std::string_view method;
    /// As in the request line: path and query, escapes and all.
    std::string_view target;
    /// The `Host` field.
    std::string_view host;
    std::span<const HeaderField> fields;
    std::string_view body;

    std::string_view field(std::string_view name) const noexcept {
        for (const HeaderField& field : fields)
            if (ascii::equal_ignoring_case(field.name, name)) return field.value;
        return {};
    }
};

/// A body too large for memory: `read(offset, bytes)` fills `bytes` from `offset` on and returns
/// how many it has; fewer than asked for only at the end.
struct BodySource {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::function<std::size_t(std::uint64_t, std::span<std::byte>)> read;
};

/// How the end of a body is marked.
enum class ReplyFraming {
    by_length,
    by_chunks,
    by_close,
};

/// An answer, and how it is to go wrong if a test wants it to.
struct HttpReply {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    /// Instead of `body`.
    std::optional<BodySource> source;
    ReplyFraming framing = ReplyFraming::by_length;
    /// Fault: wait this long before the head.
    Duration delay{};
    /// Fault: drop the connection after so many bytes of the body.
    std::optional<std::uint64_t> cut_after;
    /// Fault: drop the connection without a word, after the delay.
    bool unanswered = false;

    void add_field(std::string name, std::string value) {
        fields.emplace_back(std::move(name), std::move(value));
    }
    /// Replaces what is there under that name; an empty value removes it.
    void set_field(std::string name, std::string value) {
        std::erase_if(fields, [&](const auto& field) {
            return ascii::equal_ignoring_case(field.first, name);
        });
        if (!value.empty()) add_field(std::move(name), std::move(value));
    }
};

namespace needed {

template <class T>
concept http_handler_has_handle_of_request_and_now = requires(T& handler,
                                                              const IncomingRequest& request,
                                                              const Now& now) {
    { handler.handle(request, now) } -> std::same_as<HttpReply>;
};

} // namespace needed

/// | expression | semantics |
/// | --- | --- |
/// | `handler.handle(request, now)` | an `HttpReply`; does not block |
template <class T>
concept HttpHandler = needed::http_handler_has_handle_of_request_and_now<T>;

} // namespace mde::inline MDE_ABI

#endif
