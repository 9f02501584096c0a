// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_DOWNLOAD_REQUEST_HPP
#define MDE_FLOW_DOWNLOAD_REQUEST_HPP

/// @file
/// The request that a link is redeemed with: for the whole, or for a part of it.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/content_kind.hpp>
#include <mde/model/package_uri.hpp>
#include <mde/wire/content_range.hpp>
#include <mde/wire/http_message.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mde::inline MDE_ABI::flow {

/// Used in place: the request views this object, the link and the tag. No token, cookie or referrer
/// is ever in it.
class DownloadRequest {
  public:
    DownloadRequest() = default;
    DownloadRequest(const DownloadRequest&) = delete;
    DownloadRequest& operator=(const DownloadRequest&) = delete;

    /// From the first byte to the last. Takes back what was asked for before.
    void ask_whole(const LiveLink& link, ContentKind kind, Duration time_limit) noexcept;

    /// In addition: only from `first` on, up to `last` if there is one.
    void ask_range(std::uint64_t first, std::optional<std::uint64_t> last) noexcept;

    /// In addition: only of the content that `etag` names.
    void ask_part_of(std::string_view etag) noexcept;

    /// Whether `ask_range` was called since.
    bool asks_range() const noexcept { return request_.fields.size() > 1; }
    /// Whether `ask_part_of` was called since.
    bool asks_part() const noexcept { return request_.fields.size() == fields_.size(); }
    /// What to send; it views this object.
    const HttpRequest& request() const noexcept { return request_; }

  private:
    std::array<HeaderField, 3> fields_{};
    wire::RangeText range_;
    HttpRequest request_;
};

#if MDE_DEFINITIONS

MDE_DECL void DownloadRequest::ask_whole(const LiveLink& link, ContentKind kind,
                                         Duration time_limit) noexcept {
    const bool is_zip = kind == ContentKind::zip;
    fields_[0] = {"Accept", is_zip ? "application/zip, application/octet-stream" : "*/*"};
    request_.host = link.host();
    request_.port = link.port();
    request_.target = link.expose_target();
    request_.fields = std::span(fields_).first(1);
    request_.time_limit = time_limit;
}

MDE_DECL void DownloadRequest::ask_range(std::uint64_t first,
                                         std::optional<std::uint64_t> last) noexcept {
    range_ = wire::range_text(first, last);
    fields_[1] = {"Range", range_.view()};
    request_.fields = std::span(fields_).first(2);
}

MDE_DECL void DownloadRequest::ask_part_of(std::string_view etag) noexcept {
    fields_[2] = {"If-Range", etag};
    request_.fields = fields_;
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
