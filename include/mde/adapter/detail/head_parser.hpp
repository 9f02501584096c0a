// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_HEAD_PARSER_HPP
#define MDE_ADAPTER_DETAIL_HEAD_PARSER_HPP

/// @file
/// The head of an answer, parsed by Beast within our bounds.

#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/wire/http_message.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/version.hpp>
#include <boost/optional/optional.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mde::inline MDE_ABI::detail {

/// The length of the head at the front of `text`, its empty line included; zero if that has not
/// come yet.
MDE_DECL std::size_t head_size(std::string_view text) noexcept;

/// Hands the fields straight to a `ResponseHead`: Beast's own container would take memory for each.
class HeadReader final : public boost::beast::http::basic_parser<false> {
  public:
    explicit HeadReader(ResponseHead& out) noexcept;

  private:
    using View = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb, View, View, int, error_code&) override {}
    void on_response_impl(int code, View, int, error_code&) override;
    void on_field_impl(boost::beast::http::field, View name, View value, error_code& ec) override;
#if BOOST_BEAST_VERSION >= 359 // Boost 1.90
    void on_trailer_field_impl(boost::beast::http::field, View, View, error_code&) override {}
#endif
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(View, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    ResponseHead* out_;
};

struct ParsedHead {
    /// The connection may carry another exchange.
    bool keep_alive = false;
};

/// Reads one whole head into `head`, whose memory is used again.
/// @par Errors errc::malformed_head
MDE_DECL result<ParsedHead> parse_head(std::string_view text, ResponseHead& head);

#if MDE_DEFINITIONS

MDE_DECL std::size_t head_size(std::string_view text) noexcept {
    constexpr std::string_view end = "\r\n\r\n";
    const std::size_t at = text.find(end);
    return at == std::string_view::npos ? 0 : at + end.size();
}

MDE_DECL HeadReader::HeadReader(ResponseHead& out) noexcept : out_(&out) {
    header_limit(static_cast<std::uint32_t>(bounds::response_head));
    body_limit(boost::none);
}

MDE_DECL void HeadReader::on_response_impl(int code, View, int, error_code&) {
    out_->set_status(static_cast<unsigned>(code));
}

MDE_DECL void HeadReader::on_field_impl(boost::beast::http::field, View name, View value,
                                        error_code& ec) {
    if (!out_->add_field({name.data(), name.size()}, {value.data(), value.size()}))
        ec = make_error_code(errc::malformed_head);
}

MDE_DECL result<ParsedHead> parse_head(std::string_view text, ResponseHead& head) {
    head.clear();
    HeadReader reader(head);
    error_code ec;
    reader.put(boost::asio::buffer(text.data(), text.size()), ec);
    const bool refused = (ec && ec != boost::beast::http::error::need_more) ||
                         !reader.is_header_done() || head.status() < 100 || head.status() > 599;
    if (refused) return make_error_code(errc::malformed_head);
    return ParsedHead{reader.keep_alive()};
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
