// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_GZIP_WRITER_HPP
#define MDE_SERVICE_GZIP_WRITER_HPP

/// @file
/// Gzip files whose content is stored, not compressed (RFC 1952, RFC 1951).

#include <mde/base/linkage.hpp>
#include <mde/service/crc32.hpp>
#include <mde/service/zip_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// `content` as a gzip file; the same bytes in every run.
MDE_DECL std::string stored_gzip(std::string_view content);

#if MDE_DEFINITIONS

MDE_DECL std::string stored_gzip(std::string_view content) {
    constexpr std::size_t largest_block = 65535;
    std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    std::string_view rest = content;
    do {
        const std::string_view block = rest.substr(0, largest_block);
        rest.remove_prefix(block.size());
        out.push_back(rest.empty() ? '\1' : '\0');
        detail::append_number(out, block.size(), 2);
        detail::append_number(out, ~block.size() & 0xffffu, 2);
        out.append(block);
    } while (!rest.empty());
    detail::append_number(out, crc32(content), 4);
    detail::append_number(out, content.size(), 4);
    return out;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
