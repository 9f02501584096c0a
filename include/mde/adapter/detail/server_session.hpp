// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_SERVER_SESSION_HPP
#define MDE_ADAPTER_DETAIL_SERVER_SESSION_HPP

/// @file
/// One TLS connection of the service side: request after request, until the client goes.

#include <mde/adapter/detail/tls_stream.hpp>
#include <mde/base/bounds.hpp>
#include <mde/port/clock.hpp>
#include <mde/port/http_handler.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// A body on its way out: where it comes from, how far it is, how its end is marked.
class ReplyBody {
  public:
    explicit ReplyBody(HttpReply reply) : reply_(std::move(reply)) {
        length_ = reply_.source ? reply_.source->length : reply_.body.size();
    }

    std::uint64_t length() const noexcept { return length_; }
    const HttpReply& reply() const noexcept { return reply_; }

    /// True if the fault of the reply wants the connection dropped here.
    bool is_cut() const noexcept { return reply_.cut_after && sent_ >= *reply_.cut_after; }
    bool at_end() const noexcept { return sent_ >= length_; }

    /// Appends the next piece, framed.
    void append_piece(std::vector<char>& out) {
        std::uint64_t most = (std::min)(std::uint64_t(piece_size), length_ - sent_);
        if (reply_.cut_after) most = (std::min)(most, *reply_.cut_after - sent_);
        const bool chunked = reply_.framing == ReplyFraming::by_chunks;
        if (chunked && most != 0) append_chunk_size(out, most);
        append_bytes(out, static_cast<std::size_t>(most));
        sent_ += most;
        if (chunked && most != 0) append(out, "\r\n");
        if (chunked && at_end()) append(out, "0\r\n\r\n");
    }

    static void append(std::vector<char>& out, std::string_view text) {
        out.insert(out.end(), text.begin(), text.end());
    }

  private:
    static constexpr std::size_t piece_size = 256 * bounds::kib;

    static void append_chunk_size(std::vector<char>& out, std::uint64_t size) {
        char digits[16];
        const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
        append(out, {digits, static_cast<std::size_t>(end - digits)});
        append(out, "\r\n");
    }

    void append_bytes(std::vector<char>& out, std::size_t size) {
        const std::size_t begin = out.size();
        out.resize(begin + size);
        const auto into = std::as_writable_bytes(std::span(out).subspan(begin));
        if (size == 0) return;
        if (reply_.source)
            reply_.source->read(reply_.source->offset + sent_, into);
        else
            std::memcpy(into.data(), reply_.body.data() + sent_, size);
    }

    HttpReply reply_;
    std::uint64_t length_ = 0;
    std::uint64_t sent_ = 0;
};

/// The handler is called on the session's strand; a handler that is shared by sessions on several
/// threads must be safe for that.
template <class Executor, HttpHandler HandlerT, Clock ClockT>
class ServerSession
    : public std::enable_shared_from_this<ServerSession<Executor, HandlerT, ClockT>> {
  public:
    using Strand = boost::asio::strand<Executor>;
    using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;
    using Timer = typename boost::asio::steady_timer::template rebind_executor<Strand>::other;

    ServerSession(Socket socket, SSL_CTX* context, HandlerT& handler, ClockT clock)
        : socket_(std::move(socket)),
          timer_(socket_.get_executor()),
          tls_(context, socket_),
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
        const IoResult outcome = tls_.accept();
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
        const IoResult outcome = tls_.read(std::as_writable_bytes(std::span(input_).subspan(size)));
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
        const HttpReply& reply = body_->reply();
        const auto reason =
            boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(reply.status));
        std::string head = "HTTP/1.1 " + std::to_string(reply.status) + ' ' +
                           std::string(reason.data(), reason.size()) + "\r\n";
        for (const auto& [name, value] : reply.fields) head += name + ": " + value + "\r\n";
        if (reply.framing == ReplyFraming::by_length)
            head += "Content-Length: " + std::to_string(body_->length()) + "\r\n";
        if (reply.framing == ReplyFraming::by_chunks) head += "Transfer-Encoding: chunked\r\n";
        if (!keep_alive_) head += "Connection: close\r\n";
        output_.clear();
        written_ = 0;
        ReplyBody::append(output_, head + "\r\n");
        if (body_->length() == 0) body_->append_piece(output_);
    }

    IoResult write() {
        while (written_ < output_.size()) {
            const auto rest = std::as_bytes(std::span(output_)).subspan(written_);
            const IoResult outcome = tls_.write(rest);
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
        if (!abruptly) tls_.close_notify();
        timer_.cancel();
        socket_.close(ignored);
    }

    Socket socket_;
    Timer timer_;
    TlsStream<Socket> tls_;
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
