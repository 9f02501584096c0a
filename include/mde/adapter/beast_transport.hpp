// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_BEAST_TRANSPORT_HPP
#define MDE_ADAPTER_BEAST_TRANSPORT_HPP

/// @file
/// The transport for real use: Asio sockets, OpenSSL, heads parsed by Beast.

#include <mde/adapter/detail/connection.hpp>
#include <mde/adapter/detail/connection_pool.hpp>
#include <mde/adapter/detail/on_strand.hpp>
#include <mde/adapter/detail/read_op.hpp>
#include <mde/adapter/detail/send_op.hpp>
#include <mde/adapter/detail/session_cache.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/adapter/transport_options.hpp>
#include <mde/port/transport.hpp>
#include <mde/wire/request_head.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI {

namespace net = boost::asio;

/// Meets `Transport`. Certificates are verified for the host that is called; TLS 1.2 or newer; no
/// cleartext but to the metadata service (`TransportOptions`); no redirects. Connections are kept
/// and used again for GET requests, TLS sessions are resumed. Bodies go past the parser into the
/// caller's memory.
///
/// Inside, handlers are type-erased: what is heavy is compiled once, not once for each handler.
/// Handlers run on the token's executor, else on `Executor`; steps of one exchange never run beside
/// each other, so a thread pool is fine. Distinct objects: safe. Shared objects: safe.
template <class Executor>
class BeastTransport {
    using Connection = detail::Connection<Executor>;

    struct Shared {
        Shared(const Executor& executor_, TlsContext tls_, TransportOptions options_)
            : executor(executor_),
              tls(std::move(tls_)),
              options(std::move(options_)),
              pool(options.idle_connections),
              sessions(std::make_shared<detail::SessionCache>(options.tls_sessions)) {}

        Executor executor;
        TlsContext tls;
        TransportOptions options;
        detail::ConnectionPool<Executor> pool;
        std::shared_ptr<detail::SessionCache> sessions;
    };

  public:
    /// Where handlers run by default.
    using executor_type = Executor;

    /// One answer being read; see `HttpExchange`.
    class Exchange {
      public:
        Exchange() = default;
        /// Leaves the other one empty.
        Exchange(Exchange&&) noexcept = default;
        /// Likewise; what was here is left as by destroying it.
        Exchange& operator=(Exchange&& other) noexcept {
            leave();
            shared_ = std::move(other.shared_);
            connection_ = std::move(other.connection_);
            return *this;
        }
        ~Exchange() { leave(); }

        /// Of the final answer. Not of an empty exchange.
        const ResponseHead& head() const noexcept { return connection_->head; }

        /// The next of the body, if it came along with what was read before: zero bytes at the
        /// end of the body, nothing if more has to be waited for. Not while a read is under way.
        std::optional<std::size_t> read_arrived(std::span<std::byte> bytes) noexcept {
            return detail::take_arrived(*connection_, bytes);
        }

        /// Reads the next bytes of the body; none at its proven end.
        /// @par Completion Signature void(error_code, std::size_t)
        /// @par Errors               errc::body_truncated, errc::connection_lost, errc::timed_out,
        ///                           errc::malformed_head (chunk framing), operation_aborted
        /// @par Cancellation         total, partial, terminal; the exchange is of no use afterwards
        /// @par Executor             token's, else that of the transport; never inside this call
        /// @par Lifetimes            the memory of `bytes` outlives completion
        /// @par Exception safety     throws only what the token or allocation throws
        template <net::completion_token_for<void(error_code, std::size_t)> CompletionToken =
                      net::default_completion_token_t<Executor>>
        auto async_read_some(std::span<std::byte> bytes, CompletionToken&& token = {}) {
            return net::async_initiate<CompletionToken, void(error_code, std::size_t)>(
                [](auto handler, std::shared_ptr<Connection> connection,
                   const TransportOptions* options, std::span<std::byte> into) {
                    initiate_read(std::move(handler), std::move(connection), *options, into);
                },
                token, connection_, &shared_->options, bytes);
        }

      private:
        friend class BeastTransport;
        using ReadHandler = net::any_completion_handler<void(error_code, std::size_t)>;

        static void initiate_read(ReadHandler handler, std::shared_ptr<Connection> connection,
                                  const TransportOptions& options, std::span<std::byte> bytes);

        Exchange(std::shared_ptr<Shared> shared, std::shared_ptr<Connection> connection) noexcept
            : shared_(std::move(shared)), connection_(std::move(connection)) {}

        void leave() noexcept {
            if (!connection_) return;
            const bool reusable =
                connection_->keep_alive && connection_->body_done && connection_->pending().empty();
            if (reusable) connection_->shrink();
            if (!reusable || !shared_->pool.give_back(connection_)) connection_->close();
            connection_.reset();
        }

        std::shared_ptr<Shared> shared_;
        std::shared_ptr<Connection> connection_;
    };

    /// Connects nothing yet.
    BeastTransport(const Executor& executor, TlsContext tls, TransportOptions options = {})
        : shared_(std::make_shared<Shared>(executor, std::move(tls), std::move(options))) {}

    /// For an execution context such as `io_context`.
    template <std::derived_from<net::execution_context> Context>
    BeastTransport(Context& context, TlsContext tls, TransportOptions options = {})
        : BeastTransport(context.get_executor(), std::move(tls), std::move(options)) {}

    /// Where handlers run by default.
    executor_type get_executor() const noexcept { return shared_->executor; }

    /// Sends a request and reads the answer up to the end of its head.
    /// @par Completion Signature void(error_code, Exchange)
    /// @par Errors               see `Transport`; errc::timed_out, errc::connection_lost,
    ///                           errc::malformed_head, errc::proxy_refused,
    ///                           errc::unsafe_request, errc::cleartext_refused,
    ///                           operation_aborted
    /// @par Cancellation         total, partial, terminal; the connection is closed then
    /// @par Executor             token's, else that of the transport; never inside this call
    /// @par Lifetimes            `request` and what it views outlive completion
    /// @par Exception safety     throws only what the token or allocation throws
    template <net::completion_token_for<void(error_code, Exchange)> CompletionToken =
                  net::default_completion_token_t<Executor>>
    auto async_send(const HttpRequest& request, CompletionToken&& token = {}) {
        return net::async_initiate<CompletionToken, void(error_code, Exchange)>(
            [](auto handler, std::shared_ptr<Shared> shared, const HttpRequest* what) {
                initiate_send(std::move(handler), std::move(shared), *what);
            },
            token, shared_, &request);
    }

  private:
    using SendHandler = net::any_completion_handler<void(error_code, Exchange)>;

    static void initiate_send(SendHandler handler, std::shared_ptr<Shared> shared,
                              const HttpRequest& request);

    /// Without TLS nobody but the metadata service is asked anything.
    static bool is_allowed(const HttpRequest& request, const TransportOptions& options) noexcept {
        return request.scheme == Scheme::https ||
               (request.scheme == Scheme::http && request.host == options.metadata_host &&
                request.port == options.metadata_port);
    }

    static void refuse(SendHandler handler, const Shared& shared, error_code ec) {
        net::post(shared.executor, net::append(std::move(handler), ec, Exchange()));
    }

    /// A connection is used again only for what may be repeated: the server may be closing it.
    static void prepare_connection(detail::Sending<Executor>& sending, Shared& shared,
                                   const HttpRequest& request) {
        while (sending.repeatable && !sending.reused) {
            sending.connection = shared.pool.take(request.scheme, request.host, request.port);
            if (!sending.connection) break;
            sending.reused = !sending.connection->is_stale();
            if (!sending.reused) sending.connection->close();
        }
        if (!sending.reused)
            sending.connection = std::make_shared<Connection>(
                net::make_strand(shared.executor), sending.tls, shared.sessions,
                detail::Peer{request.scheme, std::string(request.host), request.port});
        sending.connection->last = (detail::SteadyTime::max)();
        if (request.time_limit == (Duration::max)()) return;
        sending.connection->last =
            std::chrono::steady_clock::now() +
            std::chrono::duration_cast<std::chrono::steady_clock::duration>(request.time_limit);
    }

    std::shared_ptr<Shared> shared_;
};

template <class Executor>
void BeastTransport<Executor>::Exchange::initiate_read(ReadHandler handler,
                                                       std::shared_ptr<Connection> connection,
                                                       const TransportOptions& options,
                                                       std::span<std::byte> bytes) {
    using OnStrand = detail::OnStrand<ReadHandler, typename Connection::Strand>;
    const auto strand = connection->strand;
    OnStrand on_strand(std::move(handler), strand);
    net::async_compose<OnStrand, void(error_code, std::size_t)>(
        detail::ReadOp<Executor>(std::move(connection), options, bytes), on_strand, strand);
}

template <class Executor>
void BeastTransport<Executor>::initiate_send(SendHandler handler, std::shared_ptr<Shared> shared,
                                             const HttpRequest& request) {
    if (!is_allowed(request, shared->options))
        return refuse(std::move(handler), *shared, make_error_code(errc::cleartext_refused));
    auto sending = std::make_unique<detail::Sending<Executor>>();
    const error_code unsafe = wire::append_request_head(request, sending->text);
    if (unsafe) return refuse(std::move(handler), *shared, unsafe);
    sending->text.append(request.body);
    sending->options = &shared->options;
    sending->tls = shared->tls.native_handle();
    sending->repeatable = request.method == Method::get;
    sending->answered = request.answered;
    prepare_connection(*sending, *shared, request);
    const auto strand = sending->connection->strand;
    auto deliver = [shared = std::move(shared)](auto& self, error_code ec,
                                                std::shared_ptr<Connection> connection) {
        Exchange exchange = ec ? Exchange() : Exchange(shared, std::move(connection));
        self.complete(ec, std::move(exchange));
    };
    using OnStrand = detail::OnStrand<SendHandler, typename Connection::Strand>;
    OnStrand on_strand(std::move(handler), strand);
    net::async_compose<OnStrand, void(error_code, Exchange)>(
        detail::SendOp<Executor, decltype(deliver)>(std::move(sending), std::move(deliver)),
        on_strand, strand);
}

/// Takes the executor from the context.
template <std::derived_from<net::execution_context> Context, class... Args>
BeastTransport(Context&, Args...) -> BeastTransport<typename Context::executor_type>;

} // namespace mde::inline MDE_ABI

#endif
