// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_IN_PROCESS_TRANSPORT_HPP
#define MDE_SERVICE_IN_PROCESS_TRANSPORT_HPP

/// @file
/// A blocking transport that hands each request to a handler in the same process: no socket.

#include <mde/base/linkage.hpp>
#include <mde/port/clock.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/port/transport.hpp>
#include <mde/wire/request_head.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// An answer that is read piece by piece, as if it came over a connection.
class InProcessExchange {
  public:
    InProcessExchange() = default;

    /// Reads `reply` from its beginning.
    explicit InProcessExchange(HttpReply reply);

    /// Status and fields, the framing among them.
    const ResponseHead& head() const noexcept { return head_; }

    /// The next bytes of the body; none at its end.
    /// @par Errors errc::body_truncated, once a body that was to be cut has been read that far
    result<std::size_t> read_some(std::span<std::byte> bytes);

  private:
    std::uint64_t length() const noexcept;

    /// A connection that is dropped right behind the last byte is a loss only if that byte was not
    /// known to be the last one.
    bool is_cut() const noexcept;

    HttpReply reply_;
    ResponseHead head_;
    std::uint64_t position_ = 0;
};

/// Meets `BlockingTransport`. If the clock has `advance(Duration)`, a delayed answer advances it;
/// if not, only a delay beyond the request's time limit is seen, as `errc::timed_out`. The handler
/// must outlive the transport. Distinct objects: safe, unless they share a handler. Shared objects:
/// unsafe.
template <HttpHandler H, Clock C>
class InProcessTransport {
  public:
    /// See `HttpExchange`, of which this is the blocking kind.
    using Exchange = InProcessExchange;

    /// `handler` outlives the transport.
    InProcessTransport(H& handler, C clock) : handler_(&handler), clock_(std::move(clock)) {}

    /// Hands the request over and comes back with the answer.
    /// @par Errors errc::unsafe_request, errc::timed_out, errc::connection_lost: an answer that was
    /// to be withheld
    result<Exchange> send(const HttpRequest& request) {
        if (!wire::is_safe(request)) return make_error_code(errc::unsafe_request);
        const IncomingRequest incoming{name_of(request.method), request.target, request.host,
                                       request.fields, request.body};
        HttpReply reply = handler_->handle(incoming, clock_.now());
        wait((std::min)(reply.delay, request.time_limit));
        if (reply.delay > request.time_limit) return make_error_code(errc::timed_out);
        if (reply.unanswered) return make_error_code(errc::connection_lost);
        return Exchange(std::move(reply));
    }

  private:
    void wait(Duration span) {
        if constexpr (requires(C & clock) { clock.advance(span); })
            if (span > Duration::zero()) clock_.advance(span);
    }

    H* handler_;
    C clock_;
};

#if MDE_DEFINITIONS

MDE_DECL InProcessExchange::InProcessExchange(HttpReply reply)
    : reply_(std::move(reply)), head_(reply_.status) {
    for (const auto& [name, value] : reply_.fields) head_.add_field(name, value);
    if (reply_.framing == ReplyFraming::by_length)
        head_.add_field("Content-Length", std::to_string(length()));
    if (reply_.framing == ReplyFraming::by_chunks) head_.add_field("Transfer-Encoding", "chunked");
}

MDE_DECL result<std::size_t> InProcessExchange::read_some(std::span<std::byte> bytes) {
    const std::uint64_t end = is_cut() ? (std::min)(*reply_.cut_after, length()) : length();
    if (position_ == end && is_cut()) return make_error_code(errc::body_truncated);
    const std::size_t count =
        static_cast<std::size_t>((std::min)(std::uint64_t(bytes.size()), end - position_));
    if (count == 0) return std::size_t(0);
    std::size_t filled = count;
    if (reply_.source)
        filled = reply_.source->read(reply_.source->offset + position_, bytes.first(count));
    else
        std::memcpy(bytes.data(), reply_.body.data() + position_, count);
    if (filled == 0) return make_error_code(errc::body_truncated);
    position_ += filled;
    return filled;
}

MDE_DECL std::uint64_t InProcessExchange::length() const noexcept {
    return reply_.source ? reply_.source->length : reply_.body.size();
}

MDE_DECL bool InProcessExchange::is_cut() const noexcept {
    return reply_.cut_after &&
           (*reply_.cut_after < length() || reply_.framing != ReplyFraming::by_length);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
