// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_SERVER_SESSION_HPP
#define MDE_ADAPTER_DETAIL_SERVER_SESSION_HPP

/// @file
/// One connection of the service side: request after request, until the client goes.

#include <mde/adapter/detail/byte_stream.hpp>
#include <mde/adapter/detail/reply_body.hpp>
#include <mde/base/bounds.hpp>
#include <mde/port/clock.hpp>
#include <mde/port/http_handler.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// The handler is called on the session's strand; a handler that is shared by sessions on several
/// threads must be safe for that.
template <class Executor, HttpHandler HandlerT, Clock ClockT>
class ServerSession
    : public std::enable_shared_from_this<ServerSession<Executor, HandlerT, ClockT>> {
  public:
    using Strand = boost::asio::strand<Executor>;
    using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;
    using Timer = typename boost::asio::steady_timer::template rebind_executor<Strand>::other;

    /// `context` is not looked at for `Scheme::http`.
    ServerSession(Socket socket, Scheme scheme, SSL_CTX* context, HandlerT& handler, ClockT clock)
        : socket_(std::move(socket)),
          timer_(socket_.get_executor()),
          stream_(scheme, context, socket_),
          handler_(&handler),
          clock_(std::move(clock)) {}

    void start() {
        error_code ec;
        socket_.non_blocking(true, ec);
        if (!ec) socket_.set_option(boost::asio::ip::tcp::no_delay(true), ec);
        if (!ec) step();
    }

    void stop() {
        auto self = this->shared_from_this();
        boost::asio::dispatch(socket_.get_executor(), [self] { self->close(false); });
    }

  private:
    enum class State {
        shaking,
        reading,
        writing,
        closed,
    };
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    void step() {
        while (state_ != State::closed) {
            const IoResult outcome = advance();
            if (outcome.state == IoState::want_read)
                return wait(boost::asio::socket_base::wait_read);
            if (outcome.state == IoState::want_write)
                return wait(boost::asio::socket_base::wait_write);
            if (outcome.state != IoState::done) return close(false);
            if (delayed_) return;
        }
    }

    IoResult advance() {
        switch (state_) {
        case State::shaking: return shake();
        case State::reading: return read();
        case State::writing: return write();
        case State::closed: break;
        }
        return {};
    }

    IoResult shake() {
        const IoResult outcome = stream_.accept();
        if (outcome.state == IoState::done) state_ = State::reading;
        return outcome;
    }

    IoResult read() {
        if (!parser_) {
            parser_.emplace();
            parser_->header_limit(static_cast<std::uint32_t>(bounds::response_head));
            parser_->body_limit(bounds::json_text);
            parser_->eager(true);
        }
        if (!input_.empty() && !parse()) return {};
        if (state_ != State::reading) return {};
        const std::size_t size = input_.size();
        input_.resize(size + 16 * bounds::kib);
        const IoResult outcome =
            stream_.read(std::as_writable_bytes(std::span(input_).subspan(size)));
        input_.resize(size + outcome.size);
        return outcome;
    }

    /// False if the state has changed: a request is complete, or nonsense.
    bool parse() {
        error_code ec;
        try {
            const std::size_t used =
                parser_->put(boost::asio::buffer(input_.data(), input_.size()), ec);
            input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(used));
        } catch (const std::exception&) {
            ec = make_error_code(errc::malformed_head);
        }
        if (ec == boost::beast::http::error::need_more) return true;
        if (ec) {
            HttpReply reply;
            reply.status = 400;
            respond(std::move(reply), false);
            return false;
        }
        if (!parser_->is_done()) return true;
        answer();
        return false;
    }

    void answer() {
        const auto& message = parser_->get();
        std::vector<HeaderField> fields;
        for (const auto& field : message)
            fields.push_back({view(field.name_string()), view(field.value())});
        const IncomingRequest request{view(message.method_string()), view(message.target()),
                                      view(message[boost::beast::http::field::host]), fields,
                                      message.body()};
        const bool keep_alive = parser_->keep_alive();
        respond(handler_->handle(request, clock_.now()), keep_alive);
    }

    static std::string_view view(boost::beast::string_view text) noexcept {
        return {text.data(), text.size()};
    }

    void respond(HttpReply reply, bool keep_alive) {
        parser_.reset();
        keep_alive_ = keep_alive && reply.framing != ReplyFraming::by_close;
        body_.emplace(std::move(reply));
        write_head();
        state_ = State::writing;
        const Duration delay = body_->reply().delay;
        if (delay <= Duration::zero()) return;
        delayed_ = true;
        timer_.expires_after(
            std::chrono::duration_cast<std::chrono::steady_clock::duration>(delay));
        timer_.async_wait([self = this->shared_from_this()](error_code ec) {
            self->delayed_ = false;
            if (!ec) self->step();
        });
    }

    void write_head() {
        output_.clear();
        written_ = 0;
        ReplyBody::append(output_, reply_head(body_->reply(), body_->length(), keep_alive_));
        if (body_->length() == 0) body_->append_piece(output_);
    }

    IoResult write() {
        if (body_->reply().unanswered) {
            close(true);
            return {};
        }
        while (written_ < output_.size()) {
            const auto rest = std::as_bytes(std::span(output_)).subspan(written_);
            const IoResult outcome = stream_.write(rest);
            if (outcome.state != IoState::done) return outcome;
            written_ += outcome.size;
        }
        output_.clear();
        written_ = 0;
        if (body_->is_cut()) {
            close(true);
        } else if (!body_->at_end()) {
            body_->append_piece(output_);
        } else {
            body_.reset();
            state_ = State::reading;
            if (!keep_alive_) close(false);
        }
        return {};
    }

    void wait(boost::asio::socket_base::wait_type what) {
        socket_.async_wait(what, [self = this->shared_from_this()](error_code ec) {
            if (!ec) self->step();
        });
    }

    /// Abruptly: as if the cable had been pulled, without a word of TLS.
    void close(bool abruptly) {
        if (state_ == State::closed) return;
        state_ = State::closed;
        error_code ignored;
        if (!abruptly) stream_.close_notify();
        timer_.cancel();
        socket_.close(ignored);
    }

    Socket socket_;
    Timer timer_;
    ByteStream<Socket> stream_;
    HandlerT* handler_;
    ClockT clock_;
    State state_ = State::shaking;
    std::optional<Parser> parser_;
    std::vector<char> input_;
    std::vector<char> output_;
    std::size_t written_ = 0;
    std::optional<ReplyBody> body_;
    bool keep_alive_ = false;
    bool delayed_ = false;
};

} // namespace mde::inline MDE_ABI::detail

#endif
