// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_HTTP_HANDLER_HPP
#define MDE_PORT_HTTP_HANDLER_HPP

/// @file
/// The port of the service side: something that answers requests, whatever carries them.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
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
    /// As it was sent.
    std::string_view method;
    /// As in the request line: path and query, escapes and all.
    std::string_view target;
    /// The `Host` field.
    std::string_view host;
    /// In their order, as they were sent.
    std::span<const HeaderField> fields;
    /// Whole.
    std::string_view body;

    /// The value of the first field of that name, whatever its case; empty if there is none.
    std::string_view field(std::string_view name) const noexcept;
};

/// A body too large for memory: `read(offset, bytes)` fills `bytes` from `offset` on and returns
/// how many it has; fewer than asked for only at the end.
struct BodySource {
    /// Of the first byte to send.
    std::uint64_t offset = 0;
    /// How many bytes to send.
    std::uint64_t length = 0;
    /// See above; called from whichever thread writes the answer.
    std::function<std::size_t(std::uint64_t, std::span<std::byte>)> read;
};

/// How the end of a body is marked.
enum class ReplyFraming {
    /// `Content-Length` says it beforehand.
    by_length,
    /// The last chunk says it.
    by_chunks,
    /// The connection ends, which proves nothing.
    by_close,
};

/// An answer, and how it is to go wrong if a test wants it to.
struct HttpReply {
    /// The status code.
    unsigned status = 200;
    /// Name and value, in the order of sending; framing adds its own.
    std::vector<std::pair<std::string, std::string>> fields;
    /// For bodies that fit into memory.
    std::string body;
    /// Instead of `body`.
    std::optional<BodySource> source;
    /// How the end of the body is marked.
    ReplyFraming framing = ReplyFraming::by_length;
    /// Fault: wait this long before the head.
    Duration delay{};
    /// Fault: drop the connection after so many bytes of the body.
    std::optional<std::uint64_t> cut_after;
    /// Fault: drop the connection without a word, after the delay.
    bool unanswered = false;

    /// One more, whatever is there already.
    void add_field(std::string name, std::string value);
    /// Replaces what is there under that name; an empty value removes it.
    void set_field(std::string name, std::string value);
};

namespace needed {

template <class T>
concept http_handler_has_handle_of_request_and_now = requires(T& handler,
                                                              const IncomingRequest& request,
                                                              const Now& now) {
    { handler.handle(request, now) } -> std::same_as<HttpReply>;
};

} // namespace needed

/// Answers requests, one after the other.
///
/// | expression | semantics |
/// | --- | --- |
/// | `handler.handle(request, now)` | an `HttpReply`; does not block |
template <class T>
concept HttpHandler = needed::http_handler_has_handle_of_request_and_now<T>;

#if MDE_DEFINITIONS

MDE_DECL std::string_view IncomingRequest::field(std::string_view name) const noexcept {
    for (const HeaderField& field : fields)
        if (ascii::equal_ignoring_case(field.name, name)) return field.value;
    return {};
}

MDE_DECL void HttpReply::add_field(std::string name, std::string value) {
    fields.emplace_back(std::move(name), std::move(value));
}

MDE_DECL void HttpReply::set_field(std::string name, std::string value) {
    std::erase_if(fields,
                  [&](const auto& field) { return ascii::equal_ignoring_case(field.first, name); });
    if (!value.empty()) add_field(std::move(name), std::move(value));
}

#endif

} // namespace mde::inline MDE_ABI

#endif
