// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_TRANSPORT_HPP
#define MDE_PORT_TRANSPORT_HPP

/// @file
/// The port through which HTTPS comes in, for an executor or for a blocking caller.

#include <mde/base/result.hpp>
#include <mde/wire/http_message.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace mde::inline MDE_ABI {

/// Exemplars: each the smallest class that meets its concept, to copy and fill in.
namespace exemplar {

/// Takes an answer up to its head.
template <class Exchange>
struct SendHandler {
    /// The completion.
    void operator()(error_code, Exchange) {}
};

/// Takes the next bytes of a body.
struct ReadHandler {
    /// The completion.
    void operator()(error_code, std::size_t) {}
};

} // namespace exemplar

namespace needed {

template <class T>
concept exchange_has_const_head_that_returns_ResponseHead = requires(const T& exchange) {
    { exchange.head() } -> std::same_as<const ResponseHead&>;
};

template <class T>
concept exchange_has_async_read_some_of_bytes_and_token = requires(T& exchange,
                                                                   std::span<std::byte> bytes,
                                                                   exemplar::ReadHandler handler) {
    exchange.async_read_some(bytes, handler);
};

template <class T>
concept exchange_has_read_some_of_bytes_that_returns_result_of_size =
    requires(T& exchange, std::span<std::byte> bytes) {
    { exchange.read_some(bytes) } -> std::same_as<result<std::size_t>>;
};

template <class T>
concept transport_has_type_Exchange = requires {
    typename T::Exchange;
};

template <class T>
concept transport_has_executor_type_and_get_executor = requires(T& transport) {
    typename T::executor_type;
    { transport.get_executor() } -> std::convertible_to<typename T::executor_type>;
};

template <class T>
concept transport_has_async_send_of_request_and_token = requires(T& transport,
                                                                 const HttpRequest& request) {
    transport.async_send(request, exemplar::SendHandler<typename T::Exchange>());
};

template <class T>
concept transport_has_send_of_request_that_returns_result_of_Exchange =
    requires(T& transport, const HttpRequest& request) {
    { transport.send(request) } -> std::same_as<result<typename T::Exchange>>;
};

} // namespace needed

/// One request in flight, from its answer's head to the end of the body. Move-only;
/// default-constructed it is empty.
///
/// | expression | semantics |
/// | --- | --- |
/// | `exchange.head()` | status and fields of the final answer; interim ones are passed over |
/// | `exchange.async_read_some(bytes, token)` | `void(error_code, size_t)`: the next of the body |
/// | destroying it | gives the connection back after the end of the body, closes it before |
///
/// One that keeps what came along with the head may also have `exchange.read_arrived(bytes)`: an
/// `optional<size_t>`, as a read would bring it, or nothing if more has to be waited for.
///
/// A read brings at least one byte; none, without an error, is the proven end of the body.
/// A body that ends early is `errc::body_truncated`, whatever the framing; a broken connection is
/// `errc::connection_lost`. No content coding is undone.
template <class T>
concept HttpExchange = std::default_initializable<T> && std::movable<T> &&
    needed::exchange_has_const_head_that_returns_ResponseHead<T> &&
    needed::exchange_has_async_read_some_of_bytes_and_token<T>;

/// Sends requests over HTTPS.
///
/// | expression | semantics |
/// | --- | --- |
/// | `T::executor_type`, `transport.get_executor()` | where handlers run by default |
/// | `T::Exchange` | meets `HttpExchange` |
/// | `transport.async_send(request, token)` | `void(error_code, T::Exchange)`: up to the head |
///
/// `request` and what it views outlive the completion. Only https, with the certificate verified
/// for `request.host`, unless the transport was told of a metadata service, which is asked in the
/// clear (errc::cleartext_refused for any other); no redirect is followed; `request.time_limit`
/// covers everything up to the end of the body. If nothing of the request can have reached the
/// server the error is `errc::host_not_found`, `errc::unreachable`, `errc::tls_failed` or one of
/// the certificate errors: only after these may a POST be repeated.
template <class T>
concept Transport = needed::transport_has_type_Exchange<T> && HttpExchange<typename T::Exchange> &&
    needed::transport_has_executor_type_and_get_executor<T> &&
    needed::transport_has_async_send_of_request_and_token<T>;

/// `Transport` for a caller that blocks: `send` returns a `result<Exchange>`, `read_some` a
/// `result<size_t>`.
template <class T>
concept BlockingTransport = needed::transport_has_type_Exchange<T> &&
    needed::exchange_has_const_head_that_returns_ResponseHead<typename T::Exchange> &&
    needed::exchange_has_read_some_of_bytes_that_returns_result_of_size<typename T::Exchange> &&
    needed::transport_has_send_of_request_that_returns_result_of_Exchange<T>;

namespace exemplar {

/// The smallest blocking transport: nothing is reachable.
struct DeadTransport {
    /// An answer that never comes.
    struct Exchange {
        /// See `head()`.
        ResponseHead answer;
        /// Empty.
        const ResponseHead& head() const noexcept { return answer; }
        /// The end, at once.
        result<std::size_t> read_some(std::span<std::byte>) { return std::size_t(0); }
    };
    /// Always errc::unreachable.
    result<Exchange> send(const HttpRequest&) { return make_error_code(errc::unreachable); }
};
static_assert(BlockingTransport<DeadTransport>);

} // namespace exemplar

} // namespace mde::inline MDE_ABI

#endif
