// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_BLOB_SETTINGS_HPP
#define MDE_SERVICE_BLOB_SETTINGS_HPP

/// @file
/// The switches of the links that declare their own end, and of the host that they lead to.

#include <mde/base/time.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace mde::inline MDE_ABI::service {

/// They may be changed between two requests. Lifetimes are counted in whole seconds.
struct BlobSettings {
    /// What links name.
    std::string host = "mdeexports.blob.core.windows.net";
    /// Written into the link unless it is 443.
    std::uint16_t port = 443;
    /// Of an export's link, if the request does not say. Every recorded one lived three hours,
    /// though the pages say one.
    std::chrono::seconds export_lifetime = std::chrono::hours(3);
    /// Of a live-response result's link.
    std::chrono::seconds result_lifetime = std::chrono::minutes(30);
    /// `st` of an export's link, counted from the request.
    std::chrono::seconds start_after{0};
    /// Of every blob.
    std::string media_type = "application/octet-stream";
};

} // namespace mde::inline MDE_ABI::service

#endif
