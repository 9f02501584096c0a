// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_ZIP_END_RECORD_HPP
#define MDE_WIRE_ZIP_END_RECORD_HPP

/// @file
/// The end of a zip file: proof, without unpacking, that nothing is missing behind its beginning.

#include <mde/base/linkage.hpp>
#include <mde/base/version.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// A zip file begins with a local file header, or, when it holds nothing, with its end record.
MDE_DECL bool has_zip_signature(std::span<const std::byte> head) noexcept;

namespace detail {

MDE_DECL std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t at,
                                     std::size_t count) noexcept;

#if MDE_DEFINITIONS

MDE_DECL std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t at,
                                     std::size_t count) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
    return value;
}

#endif

} // namespace detail

/// Looks for the end record of a zip file in a stream as it passes. No more of the stream is kept
/// than such a record and the two of zip64 before it take: thousands of downloads run at once.
class ZipTail {
  public:
    /// The end record without its comment, in bytes.
    static constexpr std::size_t end_record = 22;
    /// What says where the end record of zip64 is, in bytes.
    static constexpr std::size_t locator64 = 20;
    /// The end record of zip64, in bytes.
    static constexpr std::size_t end_record64 = 56;
    /// The longest comment behind an end record, in bytes.
    static constexpr std::size_t longest_comment = 65535;
    /// What lies further from the end does not matter.
    static constexpr std::size_t reach = end_record + longest_comment + locator64 + end_record64;

    /// The next bytes of the stream. `still_to_come`, if known, lets all but the end be passed over
    /// without a look.
    void feed(std::span<const std::byte> bytes, std::uint64_t still_to_come) noexcept;

    /// True if the stream ends with an end record whose central directory ends right before it.
    bool complete() const noexcept;

  private:
    /// One that says where the stream is to end.
    struct Record {
        std::uint64_t end = 0;
        bool fits = false;
    };

    static constexpr std::size_t lookback = locator64 + end_record64;

    void pass_over(std::size_t size) noexcept;

    /// At each place of the window once, as soon as a whole record can lie there.
    void look() noexcept;

    /// The last one that comes to the end of the stream counts. Those whose end has passed make
    /// room first, then the oldest one: a file with so many can only be refused by that.
    void note(std::size_t at) noexcept;

    bool directory_fits(std::size_t at, std::uint64_t record) const noexcept;

    std::array<std::byte, 512> window_{};
    std::size_t size_ = 0;
    /// Up to here no record can begin any more that was not seen.
    std::size_t seen_ = 0;
    std::uint64_t total_ = 0;
    /// In the order of the stream; those that are not there yet end at zero.
    std::array<Record, 16> records_{};
};

#if MDE_DEFINITIONS

MDE_DECL bool has_zip_signature(std::span<const std::byte> head) noexcept {
    constexpr unsigned char file[4] = {'P', 'K', 3, 4};
    constexpr unsigned char empty[4] = {'P', 'K', 5, 6};
    return head.size() >= 4 &&
           (std::memcmp(head.data(), file, 4) == 0 || std::memcmp(head.data(), empty, 4) == 0);
}

MDE_DECL void ZipTail::feed(std::span<const std::byte> bytes,
                            std::uint64_t still_to_come) noexcept {
    const bool is_near = still_to_come < reach;
    const std::size_t passed = !is_near               ? bytes.size()
                               : bytes.size() > reach ? bytes.size() - reach
                                                      : 0;
    if (passed != 0) pass_over(passed);
    bytes = bytes.subspan(passed);
    while (!bytes.empty()) {
        const std::size_t size = (std::min)(bytes.size(), window_.size() - size_);
        std::memcpy(window_.data() + size_, bytes.data(), size);
        size_ += size;
        total_ += size;
        bytes = bytes.subspan(size);
        look();
    }
}

MDE_DECL bool ZipTail::complete() const noexcept {
    const auto found = std::find_if(records_.rbegin(), records_.rend(),
                                    [&](const Record& record) { return record.end == total_; });
    return total_ != 0 && found != records_.rend() && found->fits;
}

MDE_DECL void ZipTail::pass_over(std::size_t size) noexcept {
    total_ += size;
    size_ = 0;
    seen_ = 0;
}

MDE_DECL void ZipTail::look() noexcept {
    constexpr std::string_view signature = "PK\5\6";
    const std::string_view text(reinterpret_cast<const char*>(window_.data()), size_);
    for (std::size_t at = seen_; (at = text.find(signature, at)) != std::string_view::npos; ++at) {
        if (at + end_record > size_) break;
        note(at);
    }
    if (size_ < end_record) return;
    seen_ = size_ - end_record + 1;
    if (seen_ <= lookback) return;
    const std::size_t gone = seen_ - lookback;
    std::memmove(window_.data(), window_.data() + gone, size_ - gone);
    size_ -= gone;
    seen_ = lookback;
}

MDE_DECL void ZipTail::note(std::size_t at) noexcept {
    const std::uint64_t begin = total_ - size_ + at;
    const std::uint64_t end = begin + end_record + detail::little_endian(window_, at + 20, 2);
    if (end < total_) return;
    auto room = std::find_if(records_.begin(), records_.end(),
                             [&](const Record& record) { return record.end < total_; });
    if (room == records_.end()) room = records_.begin();
    std::rotate(room, room + 1, records_.end());
    records_.back() = {end, directory_fits(at, begin)};
}

MDE_DECL bool ZipTail::directory_fits(std::size_t at, std::uint64_t record) const noexcept {
    const std::uint64_t size = detail::little_endian(window_, at + 12, 4);
    const std::uint64_t offset = detail::little_endian(window_, at + 16, 4);
    if (offset + size == record) return true;
    if (at < lookback) return false;
    const std::size_t locator = at - locator64;
    const std::size_t record64 = locator - end_record64;
    if (detail::little_endian(window_, locator, 4) != 0x07064b50) return false;
    if (detail::little_endian(window_, record64, 4) != 0x06064b50) return false;
    const std::uint64_t begin64 = record - lookback;
    const std::uint64_t size64 = detail::little_endian(window_, record64 + 40, 8);
    const std::uint64_t offset64 = detail::little_endian(window_, record64 + 48, 8);
    return detail::little_endian(window_, locator + 8, 8) == begin64 && size64 <= begin64 &&
           offset64 == begin64 - size64;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
