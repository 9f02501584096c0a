// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_GENERATED_PACKAGE_HPP
#define MDE_SERVICE_GENERATED_PACKAGE_HPP

/// @file
/// A valid zip of any size that is computed while it is read: 8 GiB need no memory.

#include <mde/base/linkage.hpp>
#include <mde/service/linear_noise.hpp>
#include <mde/service/package.hpp>
#include <mde/service/zip_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace mde::inline MDE_ABI::service {

/// One stored entry of noise between its zip records. Two objects with the same size and seed hold
/// the same bytes. Distinct objects: safe. Shared objects: safe, since nothing changes.
class GeneratedPackage {
  public:
    /// The whole file has `size` bytes, or as few as an empty entry needs if that is more.
    explicit GeneratedPackage(std::uint64_t size, std::uint64_t seed = 1);

    /// Of the whole file, in bytes.
    std::uint64_t size() const noexcept { return head_.size() + content_ + tail_.size(); }
    /// Strong, with its quotes.
    const std::string& etag() const noexcept { return etag_; }

    /// Fills `out` with what stands at `offset`; fewer than asked for only at the end.
    std::size_t read(std::uint64_t offset, std::span<std::byte> out) const noexcept;

    /// The same, for the download host.
    Package package() const;

  private:
    static std::string tail_of(const ZipEntry& entry, std::uint64_t offset, ZipWidth width);

    LinearNoise noise_;
    std::string head_;
    std::uint64_t content_ = 0;
    std::string tail_;
    std::string etag_;
};

#if MDE_DEFINITIONS

MDE_DECL GeneratedPackage::GeneratedPackage(std::uint64_t size, std::uint64_t seed) : noise_(seed) {
    // Wide a little early, so that the choice does not depend on itself.
    const ZipWidth width = size >= detail::zip_marker ? ZipWidth::wide : ZipWidth::narrow;
    ZipEntry entry{"memory.dmp", 0, 0, 0};
    const std::uint64_t records =
        zip_local_header(entry, width).size() + tail_of(entry, 0, width).size();
    entry.size = size > records ? size - records : 0;
    entry.checksum = noise_.checksum(entry.size);
    head_ = zip_local_header(entry, width);
    content_ = entry.size;
    tail_ = tail_of(entry, head_.size() + content_, width);
    etag_ = strong_etag(this->size(), entry.checksum);
}

MDE_DECL std::size_t GeneratedPackage::read(std::uint64_t offset,
                                            std::span<std::byte> out) const noexcept {
    if (offset >= size()) return 0;
    const std::size_t count =
        static_cast<std::size_t>((std::min)(std::uint64_t(out.size()), size() - offset));
    out = out.first(count);
    copy_overlap(head_, 0, out, offset);
    copy_overlap(tail_, head_.size() + content_, out, offset);
    const std::uint64_t begin = (std::max)(offset, std::uint64_t(head_.size()));
    const std::uint64_t end = (std::min)(offset + count, head_.size() + content_);
    if (begin < end)
        noise_.read(begin - head_.size(), out.subspan(static_cast<std::size_t>(begin - offset),
                                                      static_cast<std::size_t>(end - begin)));
    return count;
}

MDE_DECL Package GeneratedPackage::package() const {
    const auto held = std::make_shared<const GeneratedPackage>(*this);
    return {size(), etag_, [held](std::uint64_t offset, std::span<std::byte> out) {
                return held->read(offset, out);
            }};
}

MDE_DECL std::string GeneratedPackage::tail_of(const ZipEntry& entry, std::uint64_t offset,
                                               ZipWidth width) {
    std::string directory = zip_central_header(entry, width);
    const std::string end = zip_end_records(1, offset, directory.size(), width);
    return directory + end;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
