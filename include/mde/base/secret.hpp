// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_SECRET_HPP
#define MDE_BASE_SECRET_HPP

/// @file
/// Text that must not be shown and is wiped from memory when it goes.

#include <mde/base/linkage.hpp>
#include <mde/base/version.hpp>

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

/// Overwrites memory in a way the optimiser may not remove.
MDE_DECL void wipe(void* data, std::size_t size) noexcept;

/// Overwrites `Size` bytes of the stack below the caller's frame, where functions that have
/// returned kept pieces of what they worked on: a parser of somebody else's, for instance.
template <std::size_t Size>
[[gnu::noinline]] void wipe_stack() noexcept {
    unsigned char below[Size];
    wipe(below, sizeof below);
}

/// A password, token or link. Move-only, without stream operator, formatter, conversion or
/// comparison; `expose()` is the one way to its bytes and easy to find in a review. Memory is wiped
/// on destruction, on growth and when moved over. Distinct objects: safe. Shared objects: unsafe.
class Secret {
  public:
    Secret() noexcept = default;
    /// A copy of `text`; the original is the caller's to wipe.
    explicit Secret(std::string_view text) { append(text); }

    /// Leaves `other` empty.
    Secret(Secret&& other) noexcept;

    /// Wipes what was here, and leaves `other` empty.
    Secret& operator=(Secret&& other) noexcept;

    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { release(); }

    /// A second copy, asked for by name.
    Secret clone() const { return Secret(expose()); }

    /// The bytes. The view ends with the next change of the object.
    std::string_view expose() const noexcept { return {data_, size_}; }

    /// Whether there are no bytes.
    bool empty() const noexcept { return size_ == 0; }
    /// How many bytes there are.
    std::size_t size() const noexcept { return size_; }

    /// Adds a copy of `text` to the end. It may not view this object.
    void append(std::string_view text);

    /// How much can be appended before the memory moves.
    std::size_t room() const noexcept { return capacity_ - size_; }

    /// At least `size` bytes behind the text, for somebody else to write into; see `commit()`.
    std::span<char> prepare(std::size_t size);

    /// Takes the first `size` bytes of what `prepare()` gave into the text.
    void commit(std::size_t size) noexcept { size_ += size; }

    /// Room for `capacity` bytes in all; the old memory is wiped when it moves.
    void reserve(std::size_t capacity);

    /// Leaves `size` bytes of the text, from `begin` on; the rest is wiped.
    /// @pre `begin + size <= this->size()`
    void keep(std::size_t begin, std::size_t size) noexcept;

    /// Wipes the text and keeps the memory for the next one.
    void clear() noexcept;

  private:
    void release() noexcept;

    // Not a std::unique_ptr: <memory> costs more to compile than all of this.
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

#if MDE_DEFINITIONS

MDE_DECL void wipe(void* data, std::size_t size) noexcept {
    if (size == 0) return;
    std::memset(data, 0, size);
#if defined(__GNUC__) || defined(__clang__)
    __asm__ __volatile__("" : : "r"(data) : "memory");
#else
    volatile unsigned char* bytes = static_cast<volatile unsigned char*>(data);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = 0;
#endif
}

MDE_DECL Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

MDE_DECL Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        release();
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
}

MDE_DECL void Secret::append(std::string_view text) {
    if (text.empty()) return;
    reserve(size_ + text.size());
    std::memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
}

MDE_DECL std::span<char> Secret::prepare(std::size_t size) {
    reserve(size_ + size);
    return {data_ + size_, capacity_ - size_};
}

MDE_DECL void Secret::reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    const std::size_t grown = capacity < capacity_ * 2 ? capacity_ * 2 : capacity;
    char* const larger = new char[grown];
    const std::size_t size = size_;
    if (size != 0) std::memcpy(larger, data_, size);
    release();
    data_ = larger;
    size_ = size;
    capacity_ = grown;
}

MDE_DECL void Secret::keep(std::size_t begin, std::size_t size) noexcept {
    if (size != 0) std::memmove(data_, data_ + begin, size);
    if (size < size_) wipe(data_ + size, size_ - size);
    size_ = size;
}

MDE_DECL void Secret::clear() noexcept {
    wipe(data_, size_);
    size_ = 0;
}

MDE_DECL void Secret::release() noexcept {
    wipe(data_, capacity_);
    delete[] data_;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
