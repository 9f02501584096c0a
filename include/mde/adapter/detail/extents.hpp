// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_EXTENTS_HPP
#define MDE_ADAPTER_DETAIL_EXTENTS_HPP

/// @file
/// Which bytes of something are there, when they come in any order.

#include <mde/base/linkage.hpp>
#include <mde/base/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// Made for writes that mostly go on where one of a few earlier ones ended.
/// Distinct objects: safe. Shared objects: unsafe.
class Extents {
  public:
    void clear() noexcept { extents_.clear(); }

    void add(std::uint64_t begin, std::uint64_t end);

    /// So many bytes are there from the first one on, without a gap.
    std::uint64_t prefix() const noexcept;

  private:
    using Extent = std::pair<std::uint64_t, std::uint64_t>;

    /// In order, apart from each other.
    std::vector<Extent> extents_;
};

#if MDE_DEFINITIONS

MDE_DECL void Extents::add(std::uint64_t begin, std::uint64_t end) {
    if (begin == end) return;
    const auto after = std::find_if(extents_.begin(), extents_.end(),
                                    [&](const Extent& one) { return one.second >= begin; });
    if (after == extents_.end() || after->first > end) {
        extents_.insert(after, {begin, end});
        return;
    }
    after->first = (std::min)(after->first, begin);
    after->second = (std::max)(after->second, end);
    auto last = after + 1;
    for (; last != extents_.end() && last->first <= after->second; ++last)
        after->second = (std::max)(after->second, last->second);
    extents_.erase(after + 1, last);
}

MDE_DECL std::uint64_t Extents::prefix() const noexcept {
    return extents_.empty() || extents_.front().first != 0 ? 0 : extents_.front().second;
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
