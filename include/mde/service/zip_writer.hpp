// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_ZIP_WRITER_HPP
#define MDE_SERVICE_ZIP_WRITER_HPP

/// @file
/// Zip files whose entries are stored, not compressed: the records, and a writer in memory.

#include <mde/base/linkage.hpp>
#include <mde/service/crc32.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// One stored entry.
struct ZipEntry {
    /// With its folders, divided by `/`.
    std::string name;
    /// Its CRC-32.
    std::uint32_t checksum = 0;
    /// In bytes.
    std::uint64_t size = 0;
    /// Of its local header.
    std::uint64_t offset = 0;
};

/// Whether 64-bit sizes are written (zip64); needed from 4 GiB on.
enum class ZipWidth {
    /// 32-bit sizes.
    narrow,
    /// 64-bit sizes.
    wide,
};

namespace detail {

MDE_DECL void append_number(std::string& out, std::uint64_t number, unsigned bytes);

inline constexpr std::uint64_t zip_marker = 0xffffffffu;
/// 1 January 2024, midnight: the same bytes in every run.
inline constexpr std::uint64_t zip_date = (2024 - 1980) << 9 | 1 << 5 | 1;

/// From "version needed" to "extra length": what both headers share.
MDE_DECL void append_common(std::string& out, const ZipEntry& entry, ZipWidth width,
                            unsigned extra);

#if MDE_DEFINITIONS

MDE_DECL void append_number(std::string& out, std::uint64_t number, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> (8 * i) & 0xff));
}

MDE_DECL void append_common(std::string& out, const ZipEntry& entry, ZipWidth width,
                            unsigned extra) {
    const bool wide = width == ZipWidth::wide;
    append_number(out, wide ? 45 : 20, 2);
    append_number(out, 0x0800, 2); // names are UTF-8
    append_number(out, 0, 2);      // stored
    append_number(out, 0, 2);
    append_number(out, zip_date, 2);
    append_number(out, entry.checksum, 4);
    append_number(out, wide ? zip_marker : entry.size, 4);
    append_number(out, wide ? zip_marker : entry.size, 4);
    append_number(out, entry.name.size(), 2);
    append_number(out, extra, 2);
}

#endif

} // namespace detail

/// What stands before the bytes of an entry.
MDE_DECL std::string zip_local_header(const ZipEntry& entry, ZipWidth width);

/// An entry's line in the central directory.
MDE_DECL std::string zip_central_header(const ZipEntry& entry, ZipWidth width);

/// What stands behind the central directory, which begins at `offset` and has `size` bytes.
MDE_DECL std::string zip_end_records(std::uint64_t entries, std::uint64_t offset,
                                     std::uint64_t size, ZipWidth width);

/// Writes a small zip file in memory. Distinct objects: safe. Shared objects: unsafe.
class ZipWriter {
  public:
    /// Adds an entry at the end.
    ZipWriter& add(std::string_view name, std::string_view content);

    /// The whole file. The writer is empty afterwards.
    std::string finish();

  private:
    std::string bytes_;
    std::string directory_;
    std::uint64_t entries_ = 0;
};

#if MDE_DEFINITIONS

MDE_DECL std::string zip_local_header(const ZipEntry& entry, ZipWidth width) {
    const bool wide = width == ZipWidth::wide;
    std::string out;
    detail::append_number(out, 0x04034b50, 4);
    detail::append_common(out, entry, width, wide ? 20 : 0);
    out.append(entry.name);
    if (!wide) return out;
    detail::append_number(out, 1, 2);
    detail::append_number(out, 16, 2);
    detail::append_number(out, entry.size, 8);
    detail::append_number(out, entry.size, 8);
    return out;
}

MDE_DECL std::string zip_central_header(const ZipEntry& entry, ZipWidth width) {
    const bool wide = width == ZipWidth::wide;
    std::string out;
    detail::append_number(out, 0x02014b50, 4);
    detail::append_number(out, wide ? 45 : 20, 2);
    detail::append_common(out, entry, width, wide ? 28 : 0);
    detail::append_number(out, 0, 2 + 2 + 2); // comment, disk, internal attributes
    detail::append_number(out, 0, 4);
    detail::append_number(out, wide ? detail::zip_marker : entry.offset, 4);
    out.append(entry.name);
    if (!wide) return out;
    detail::append_number(out, 1, 2);
    detail::append_number(out, 24, 2);
    detail::append_number(out, entry.size, 8);
    detail::append_number(out, entry.size, 8);
    detail::append_number(out, entry.offset, 8);
    return out;
}

MDE_DECL std::string zip_end_records(std::uint64_t entries, std::uint64_t offset,
                                     std::uint64_t size, ZipWidth width) {
    const bool wide = width == ZipWidth::wide;
    std::string out;
    if (wide) {
        detail::append_number(out, 0x06064b50, 4);
        detail::append_number(out, 44, 8);
        detail::append_number(out, 45, 2);
        detail::append_number(out, 45, 2);
        detail::append_number(out, 0, 8);
        detail::append_number(out, entries, 8);
        detail::append_number(out, entries, 8);
        detail::append_number(out, size, 8);
        detail::append_number(out, offset, 8);
        detail::append_number(out, 0x07064b50, 4);
        detail::append_number(out, 0, 4);
        detail::append_number(out, offset + size, 8);
        detail::append_number(out, 1, 4);
    }
    detail::append_number(out, 0x06054b50, 4);
    detail::append_number(out, 0, 4);
    detail::append_number(out, entries, 2);
    detail::append_number(out, entries, 2);
    detail::append_number(out, size, 4);
    detail::append_number(out, wide ? detail::zip_marker : offset, 4);
    detail::append_number(out, 0, 2);
    return out;
}

MDE_DECL ZipWriter& ZipWriter::add(std::string_view name, std::string_view content) {
    const ZipEntry entry{std::string(name), crc32(content), content.size(), bytes_.size()};
    bytes_.append(zip_local_header(entry, ZipWidth::narrow)).append(content);
    directory_.append(zip_central_header(entry, ZipWidth::narrow));
    ++entries_;
    return *this;
}

MDE_DECL std::string ZipWriter::finish() {
    const std::string end =
        zip_end_records(entries_, bytes_.size(), directory_.size(), ZipWidth::narrow);
    bytes_.append(directory_).append(end);
    directory_.clear();
    entries_ = 0;
    return std::exchange(bytes_, {});
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
