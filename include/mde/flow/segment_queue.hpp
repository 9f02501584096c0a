// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_SEGMENT_QUEUE_HPP
#define MDE_FLOW_SEGMENT_QUEUE_HPP

/// @file
/// What is left of a package, handed out in segments to the connections that fetch it.

#include <mde/base/bounds.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace mde::inline MDE_ABI::flow {

/// The bytes from `first` on, up to but without `end`.
struct Segment {
    /// Offset of the first byte.
    std::uint64_t first = 0;
    /// Offset of the byte behind the last one.
    std::uint64_t end = 0;

    friend constexpr bool operator==(const Segment&, const Segment&) noexcept = default;
};

/// In order, so that what is there grows from the front. Distinct objects: safe. Shared objects:
/// unsafe.
class SegmentQueue {
  public:
    /// For so many `lanes`, at least 1.
    constexpr SegmentQueue(std::uint64_t first, std::uint64_t end, unsigned lanes) noexcept
        : first_(first), end_(end), lanes_(lanes) {}

    /// The next segment; nothing if none is left.
    constexpr std::optional<Segment> next() noexcept {
        if (first_ >= end_) return std::nullopt;
        const Segment segment{first_, first_ + (std::min)(size_, end_ - first_)};
        first_ = segment.end;
        return segment;
    }

    /// From now on the segments are so large that what is left is one for each lane.
    constexpr void divide() noexcept {
        if (size_ == bounds::segment)
            size_ = (std::max)(size_, (end_ - first_ + lanes_ - 1) / lanes_);
    }

    /// Nothing more is handed out.
    constexpr void stop() noexcept { first_ = end_; }

  private:
    std::uint64_t first_;
    std::uint64_t end_;
    unsigned lanes_;
    std::uint64_t size_ = bounds::segment;
};

} // namespace mde::inline MDE_ABI::flow

#endif
