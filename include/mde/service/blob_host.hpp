// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_BLOB_HOST_HPP
#define MDE_SERVICE_BLOB_HOST_HPP

/// @file
/// The storage host that results and exports lie on: no sign-in, a signature in the query, ranges.

#include <mde/port/http_handler.hpp>
#include <mde/service/blob_path.hpp>
#include <mde/service/byte_range.hpp>
#include <mde/service/query.hpp>
#include <mde/service/sas_signer.hpp>
#include <mde/service/service_state.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace mde::inline MDE_ABI::service {

/// Answers downloads of blobs as Azure Storage does. `W` is a `World`.
template <class W>
class BlobHost {
  public:
    /// `world` outlives the host.
    explicit BlobHost(W& world) noexcept : world_(&world) {}

    /// `forced_dead`: the link is taken for expired.
    HttpReply download(const IncomingRequest& request, const Now& now, bool forced_dead) {
        const auto times = check_sas(world_->signer, request.target);
        const bool early = times && times->start && now.utc < *times->start;
        if (!times || early || now.utc >= times->expiry || forced_dead)
            return error(403, "AuthenticationFailed",
                         "Server failed to authenticate the request. Make sure the value of "
                         "Authorization header is formed correctly including the signature.");
        std::optional<Package> blob = find(path_of(request.target), now);
        if (!blob) return error(404, "BlobNotFound", "The specified blob does not exist.");
        return send(std::move(*blob), request);
    }

  private:
    std::optional<Package> find(std::string_view path, const Now& now) const {
        const auto blob = read_blob_path(path);
        if (const auto* result = std::get_if<ResultBlob>(&blob))
            return world_->blobs.find_result(result->action, result->index);
        const auto* file = std::get_if<ExportBlob>(&blob);
        if (file == nullptr) return std::nullopt;
        ExportSnapshot snapshot = world_->blobs.snapshot(file->kind, now.utc);
        // A newer snapshot has taken its place.
        if (ticks_of(snapshot.generated) != file->generated) return std::nullopt;
        if (file->index >= snapshot.files.size()) return std::nullopt;
        return std::move(snapshot.files[file->index]);
    }

    HttpReply error(unsigned status, std::string_view code, std::string_view message) {
        HttpReply reply = stamped(status);
        reply.body = "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" +
                     std::string(code) + "</Code><Message>" + std::string(message) +
                     "</Message></Error>";
        reply.add_field("Content-Type", "application/xml");
        reply.add_field("x-ms-error-code", std::string(code));
        return reply;
    }

    HttpReply stamped(unsigned status) {
        HttpReply reply;
        reply.status = status;
        reply.add_field("x-ms-request-id", world_->guids.guid());
        reply.add_field("x-ms-version", std::string(detail::sas_version));
        return reply;
    }

    HttpReply send(Package blob, const IncomingRequest& request) {
        const std::string_view condition = request.field("If-Range");
        const bool whole = !condition.empty() && condition != blob.etag;
        const ByteRange range = whole ? ByteRange{ByteRange::Kind::whole, 0, blob.size}
                                      : select_range(request.field("Range"), blob.size);
        if (range.kind == ByteRange::Kind::unsatisfiable) {
            HttpReply reply = error(416, "InvalidRange", "The range specified is invalid.");
            reply.add_field("Content-Range", "bytes */" + std::to_string(blob.size));
            return reply;
        }
        const bool is_part = range.kind == ByteRange::Kind::part;
        HttpReply reply = stamped(is_part ? 206 : 200);
        reply.add_field("Content-Type", world_->settings.blob.media_type);
        reply.add_field("Accept-Ranges", "bytes");
        reply.add_field("ETag", blob.etag);
        reply.add_field("x-ms-blob-type", "BlockBlob");
        if (is_part) reply.add_field("Content-Range", content_range_of(range, blob.size));
        reply.source = BodySource{range.offset, range.length, std::move(blob.read)};
        return reply;
    }

    W* world_;
};

} // namespace mde::inline MDE_ABI::service

#endif
