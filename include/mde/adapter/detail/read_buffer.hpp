// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_READ_BUFFER_HPP
#define MDE_ADAPTER_DETAIL_READ_BUFFER_HPP

/// @file
/// What has arrived on a connection and was not read yet.

#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// Tokens and links come along with heads: every byte is wiped as soon as it was consumed.
/// Distinct objects: safe. Shared objects: unsafe.
class ReadBuffer {
  public:
    ReadBuffer() = default;
    ReadBuffer(const ReadBuffer&) = delete;
    ReadBuffer& operator=(const ReadBuffer&) = delete;
    ~ReadBuffer() { wipe_pending(); }

    /// Bytes that have arrived behind what was parsed.
    std::string_view pending() const noexcept;
    void consume(std::size_t size) noexcept;

    /// Room behind the pending bytes; empty at the bound.
    std::span<std::byte> room(std::size_t piece, std::size_t most);
    void filled(std::size_t size) noexcept { end_ += size; }

    /// Idle connections keep little memory.
    void shrink() noexcept;

  private:
    static constexpr std::size_t kept = 4 * bounds::kib;

    void wipe_pending() noexcept;

    void grow(std::size_t capacity);

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

#if MDE_DEFINITIONS

MDE_DECL std::string_view ReadBuffer::pending() const noexcept {
    return std::string_view(bytes_.get() + begin_, end_ - begin_);
}

MDE_DECL void ReadBuffer::consume(std::size_t size) noexcept {
    if (size != 0) wipe(bytes_.get() + begin_, size);
    begin_ += size;
    if (begin_ == end_) begin_ = end_ = 0;
}

MDE_DECL std::span<std::byte> ReadBuffer::room(std::size_t piece, std::size_t most) {
    if (begin_ != 0) {
        const std::size_t size = end_ - begin_;
        std::memmove(bytes_.get(), bytes_.get() + begin_, size);
        // What lay in front was wiped, and is under the text now.
        const std::size_t stale = (std::max)(begin_, size);
        wipe(bytes_.get() + stale, end_ - stale);
        begin_ = 0;
        end_ = size;
    }
    if (capacity_ - end_ < piece) grow((std::min)(most, capacity_ * 2 + piece));
    return std::as_writable_bytes(std::span(bytes_.get() + end_, capacity_ - end_));
}

MDE_DECL void ReadBuffer::shrink() noexcept {
    if (begin_ != end_ || capacity_ <= kept) return;
    bytes_.reset();
    capacity_ = 0;
}

MDE_DECL void ReadBuffer::wipe_pending() noexcept {
    if (begin_ != end_) wipe(bytes_.get() + begin_, end_ - begin_);
}

MDE_DECL void ReadBuffer::grow(std::size_t capacity) {
    if (capacity <= capacity_) return;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (end_ != 0) std::memcpy(larger.get(), bytes_.get(), end_);
    wipe_pending();
    bytes_ = std::move(larger);
    capacity_ = capacity;
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
