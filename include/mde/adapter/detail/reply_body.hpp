// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_REPLY_BODY_HPP
#define MDE_ADAPTER_DETAIL_REPLY_BODY_HPP

/// @file
/// An answer's head and body as the bytes that go out.

#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/port/http_handler.hpp>

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// A body on its way out: where it comes from, how far it is, how its end is marked.
class ReplyBody {
  public:
    explicit ReplyBody(HttpReply reply);

    std::uint64_t length() const noexcept { return length_; }
    const HttpReply& reply() const noexcept { return reply_; }

    /// True if the fault of the reply wants the connection dropped here.
    bool is_cut() const noexcept { return reply_.cut_after && sent_ >= *reply_.cut_after; }
    bool at_end() const noexcept { return sent_ >= length_; }

    /// Appends the next piece, framed.
    void append_piece(std::vector<char>& out);

    static void append(std::vector<char>& out, std::string_view text);

  private:
    static constexpr std::size_t piece_size = 256 * bounds::kib;

    static void append_chunk_size(std::vector<char>& out, std::uint64_t size);
    void append_bytes(std::vector<char>& out, std::size_t size);

    HttpReply reply_;
    std::uint64_t length_ = 0;
    std::uint64_t sent_ = 0;
};

/// Status line, fields and framing of `reply`, whose body has `length` bytes.
MDE_DECL std::string reply_head(const HttpReply& reply, std::uint64_t length, bool keep_alive);

#if MDE_DEFINITIONS

MDE_DECL ReplyBody::ReplyBody(HttpReply reply) : reply_(std::move(reply)) {
    length_ = reply_.source ? reply_.source->length : reply_.body.size();
}

MDE_DECL void ReplyBody::append_piece(std::vector<char>& out) {
    std::uint64_t most = (std::min)(std::uint64_t(piece_size), length_ - sent_);
    if (reply_.cut_after) most = (std::min)(most, *reply_.cut_after - sent_);
    const bool chunked = reply_.framing == ReplyFraming::by_chunks;
    if (chunked && most != 0) append_chunk_size(out, most);
    append_bytes(out, static_cast<std::size_t>(most));
    sent_ += most;
    if (chunked && most != 0) append(out, "\r\n");
    if (chunked && at_end()) append(out, "0\r\n\r\n");
}

MDE_DECL void ReplyBody::append(std::vector<char>& out, std::string_view text) {
    out.insert(out.end(), text.begin(), text.end());
}

MDE_DECL void ReplyBody::append_chunk_size(std::vector<char>& out, std::uint64_t size) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
    append(out, {digits, static_cast<std::size_t>(end - digits)});
    append(out, "\r\n");
}

MDE_DECL void ReplyBody::append_bytes(std::vector<char>& out, std::size_t size) {
    const std::size_t begin = out.size();
    out.resize(begin + size);
    const auto into = std::as_writable_bytes(std::span(out).subspan(begin));
    if (size == 0) return;
    if (reply_.source)
        reply_.source->read(reply_.source->offset + sent_, into);
    else
        std::memcpy(into.data(), reply_.body.data() + sent_, size);
}

MDE_DECL std::string reply_head(const HttpReply& reply, std::uint64_t length, bool keep_alive) {
    const auto reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(reply.status));
    std::string head = "HTTP/1.1 " + std::to_string(reply.status) + ' ' +
                       std::string(reason.data(), reason.size()) + "\r\n";
    for (const auto& [name, value] : reply.fields) head += name + ": " + value + "\r\n";
    if (reply.framing == ReplyFraming::by_length)
        head += "Content-Length: " + std::to_string(length) + "\r\n";
    if (reply.framing == ReplyFraming::by_chunks) head += "Transfer-Encoding: chunked\r\n";
    if (!keep_alive) head += "Connection: close\r\n";
    return head + "\r\n";
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
