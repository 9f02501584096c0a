// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_ZIP_END_RECORD_HPP
#define MDE_WIRE_ZIP_END_RECORD_HPP

/// @file
/// The end of a zip file: proof, without unpacking, that nothing is missing behind its beginning.

#include <mde/base/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace mde::inline MDE_ABI::wire {

/// A zip file begins with a local file header, or, when it holds nothing, with its end record.
inline bool has_zip_signature(std::span<const std::byte> head) noexcept {
    constexpr unsigned char file[4] = {'P', 'K', 3, 4};
    constexpr unsigned char empty[4] = {'P', 'K', 5, 6};
    return head.size() >= 4 &&
           (std::memcmp(head.data(), file, 4) == 0 || std::memcmp(head.data(), empty, 4) == 0);
}

namespace detail {

inline std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t at,
                                   std::size_t count) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
    return value;
}

} // namespace detail

/// Keeps the last bytes of a stream, as many as an end record with the longest comment and the
/// zip64 records before it can take.
class ZipTail {
  public:
    static constexpr std::size_t end_record = 22;
    static constexpr std::size_t locator64 = 20;
    static constexpr std::size_t end_record64 = 56;
    static constexpr std::size_t longest_comment = 65535;
    static constexpr std::size_t capacity = end_record + longest_comment + locator64 + end_record64;

    explicit ZipTail(std::span<std::byte, capacity> memory) noexcept : memory_(memory) {}

    /// The next bytes of the stream. `still_to_come`, if known, lets all but the end be passed over
    /// without copying.
    void feed(std::span<const std::byte> bytes, std::uint64_t still_to_come) noexcept {
        total_ += bytes.size();
        if (bytes.empty() || still_to_come >= capacity) return;
        if (bytes.size() >= capacity) {
            size_ = 0;
            bytes = bytes.last(capacity);
        }
        const std::size_t overflow =
            size_ + bytes.size() > capacity ? size_ + bytes.size() - capacity : 0;
        if (overflow != 0) {
            size_ -= overflow;
            std::memmove(memory_.data(), memory_.data() + overflow, size_);
        }
        std::memcpy(memory_.data() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }

    /// True if the stream ends with an end record whose central directory ends right before it.
    bool complete() const noexcept {
        const auto tail = std::span<const std::byte>(memory_).first(size_);
        if (tail.size() < end_record) return false;
        for (std::size_t at = tail.size() - end_record + 1; at-- > 0;) {
            if (detail::little_endian(tail, at, 4) != 0x06054b50) continue;
            const std::uint64_t comment = detail::little_endian(tail, at + 20, 2);
            if (at + end_record + comment == tail.size()) return directory_fits(tail, at);
        }
        return false;
    }

  private:
    bool directory_fits(std::span<const std::byte> tail, std::size_t at) const noexcept {
        const std::uint64_t record = total_ - tail.size() + at;
        const std::uint64_t size = detail::little_endian(tail, at + 12, 4);
        const std::uint64_t offset = detail::little_endian(tail, at + 16, 4);
        if (offset + size == record) return true;
        if (at < locator64 + end_record64) return false;
        const std::size_t locator = at - locator64;
        const std::size_t record64 = locator - end_record64;
        if (detail::little_endian(tail, locator, 4) != 0x07064b50) return false;
        if (detail::little_endian(tail, record64, 4) != 0x06064b50) return false;
        const std::uint64_t begin64 = record - locator64 - end_record64;
        const std::uint64_t size64 = detail::little_endian(tail, record64 + 40, 8);
        const std::uint64_t offset64 = detail::little_endian(tail, record64 + 48, 8);
        return detail::little_endian(tail, locator + 8, 8) == begin64 && size64 <= begin64 &&
               offset64 == begin64 - size64;
    }

    std::span<std::byte, capacity> memory_;
    std::size_t size_ = 0;
    std::uint64_t total_ = 0;
};

} // namespace mde::inline MDE_ABI::wire

#endif
