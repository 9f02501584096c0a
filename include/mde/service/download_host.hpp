// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_DOWNLOAD_HOST_HPP
#define MDE_SERVICE_DOWNLOAD_HOST_HPP

/// @file
/// The host that the links point to: no sign-in, a token in the query, ranges.

#include <mde/port/http_handler.hpp>
#include <mde/service/byte_range.hpp>
#include <mde/service/link_signer.hpp>
#include <mde/service/service_state.hpp>

#include <boost/json/serialize.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// Whether a link is looked at as if its time had run out.
enum class LinkView {
    /// By its own time.
    as_it_is,
    /// As one that is over.
    expired,
};

/// Answers downloads. `W` is a `World`.
template <class W>
class DownloadHost {
  public:
    /// `world` outlives the host.
    explicit DownloadHost(W& world) noexcept : world_(&world) {}

    /// The package, a part of it, or what a dead link is answered.
    HttpReply download(const IncomingRequest& request, const Now& now, LinkView view) {
        const auto claims = check_link(world_->signer, request.target);
        if (!claims || now.utc >= claims->expires_at || view == LinkView::expired)
            return dead_link();
        std::optional<Package> package = world_->packages.find(claims->action);
        if (!package) return plain_reply(404);
        if (world_->settings.etags == Feature::off)
            package->etag.clear();
        else if (world_->etag_generation != 0)
            package->etag.insert(1, std::to_string(world_->etag_generation) + '-');
        const std::string_view if_match = request.field("If-Match");
        if (!if_match.empty() && if_match != "*" && if_match != package->etag)
            return plain_reply(412);
        return send(std::move(*package), request);
    }

  private:
    HttpReply dead_link() const {
        const Settings& settings = world_->settings;
        HttpReply reply = plain_reply(settings.dead_link_status);
        reply.body = settings.dead_link_body;
        reply.add_field("Content-Type", settings.dead_link_media_type);
        if (!world_->echo.empty())
            reply.body = boost::json::serialize(
                boost::json::object{{"error", "Expired token (received: " + world_->echo + ")"}});
        return reply;
    }

    static HttpReply plain_reply(unsigned status) {
        HttpReply reply;
        reply.status = status;
        return reply;
    }

    HttpReply send(Package package, const IncomingRequest& request) const {
        const Settings& settings = world_->settings;
        const ByteRange range = range_of(package, request);
        if (range.kind == ByteRange::Kind::unsatisfiable) {
            HttpReply reply = plain_reply(416);
            reply.add_field("Content-Range", "bytes */" + std::to_string(package.size));
            return reply;
        }
        HttpReply reply = plain_reply(range.kind == ByteRange::Kind::part ? 206 : 200);
        reply.framing = settings.package_framing;
        reply.add_field("Content-Type", settings.package_media_type);
        reply.add_field("Content-Disposition",
                        "attachment; filename=WDATP_Investigation_Package.zip");
        if (!package.etag.empty()) reply.add_field("ETag", package.etag);
        if (settings.ranges == Feature::on) reply.add_field("Accept-Ranges", "bytes");
        if (range.kind == ByteRange::Kind::part)
            reply.add_field("Content-Range", content_range_of(range, package.size));
        reply.source = BodySource{range.offset, range.length, std::move(package.read)};
        return reply;
    }

    /// `If-Range` with another tag, or with a date, asks for the whole.
    ByteRange range_of(const Package& package, const IncomingRequest& request) const {
        const std::string_view condition = request.field("If-Range");
        const bool applies = condition.empty() || (condition == package.etag);
        if (world_->settings.ranges == Feature::off || !applies)
            return {ByteRange::Kind::whole, 0, package.size};
        return select_range(request.field("Range"), package.size);
    }

    W* world_;
};

} // namespace mde::inline MDE_ABI::service

#endif
