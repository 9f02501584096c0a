// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_LINEAR_NOISE_HPP
#define MDE_SERVICE_LINEAR_NOISE_HPP

/// @file
/// Endless noise that can be read anywhere, and whose checksum is known without reading it.
///
/// The words are those of xorshift64. Each step of it, and each step of a CRC over its words, is
/// linear over GF(2), so "a million steps" is one matrix, made by squaring.

#include <mde/base/linkage.hpp>
#include <mde/service/crc32.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace mde::inline MDE_ABI::service {

namespace detail {

constexpr std::uint64_t xorshift64(std::uint64_t word) noexcept {
    word ^= word << 13;
    word ^= word >> 7;
    return word ^ word << 17;
}

constexpr std::byte byte_of(std::uint64_t word, std::size_t index) noexcept {
    return static_cast<std::byte>(word >> (8 * index) & 0xff);
}

/// The generator's word and the checksum's register: 96 bits that step together.
struct NoiseState {
    std::uint64_t word = 0;
    std::uint32_t crc = 0;

    constexpr NoiseState stepped() const noexcept {
        NoiseState next{xorshift64(word), crc};
        for (std::size_t i = 0; i < 8; ++i)
            next.crc = crc_step(next.crc, std::to_integer<unsigned>(byte_of(next.word, i)));
        return next;
    }
    constexpr NoiseState& operator^=(const NoiseState& other) noexcept {
        word ^= other.word;
        crc ^= other.crc;
        return *this;
    }
};

/// A linear map of the 96 bits: what each single bit becomes.
struct NoiseMap {
    std::array<NoiseState, 96> columns{};

    static constexpr NoiseMap one_step() noexcept {
        NoiseMap map;
        for (std::size_t bit = 0; bit < 64; ++bit)
            map.columns[bit] = NoiseState{std::uint64_t(1) << bit, 0}.stepped();
        for (std::size_t bit = 0; bit < 32; ++bit)
            map.columns[64 + bit] = NoiseState{0, std::uint32_t(1) << bit}.stepped();
        return map;
    }

    constexpr NoiseState operator()(NoiseState state) const noexcept {
        NoiseState sum;
        for (std::size_t bit = 0; state.word != 0; ++bit, state.word >>= 1)
            if ((state.word & 1) != 0) sum ^= columns[bit];
        for (std::size_t bit = 64; state.crc != 0; ++bit, state.crc >>= 1)
            if ((state.crc & 1) != 0) sum ^= columns[bit];
        return sum;
    }

    constexpr NoiseMap squared() const noexcept {
        NoiseMap map;
        for (std::size_t bit = 0; bit < 96; ++bit) map.columns[bit] = (*this)(columns[bit]);
        return map;
    }
};

} // namespace detail

/// A fixed endless byte string for each seed. Its memory does not depend on how far it is read.
/// Distinct objects: safe. Shared objects: safe, since nothing changes.
class LinearNoise {
  public:
    /// Equal seeds give equal strings.
    explicit LinearNoise(std::uint64_t seed);

    /// Fills `bytes` with what stands at `offset`.
    void read(std::uint64_t offset, std::span<std::byte> bytes) const noexcept;

    /// The CRC-32 of the first `size` bytes.
    std::uint32_t checksum(std::uint64_t size) const noexcept;

  private:
    using Powers = std::array<detail::NoiseMap, 40>;

    detail::NoiseState stepped(detail::NoiseState state, std::uint64_t steps) const noexcept;

    detail::NoiseState first_;
    std::shared_ptr<Powers> powers_;
};

#if MDE_DEFINITIONS

MDE_DECL LinearNoise::LinearNoise(std::uint64_t seed)
    : first_{seed * 2 + 1, 0}, powers_(std::make_shared<Powers>()) {
    Powers& powers = *powers_;
    powers[0] = detail::NoiseMap::one_step();
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1].squared();
}

MDE_DECL void LinearNoise::read(std::uint64_t offset, std::span<std::byte> bytes) const noexcept {
    std::uint64_t word = stepped(first_, offset / 8 + 1).word;
    std::size_t within = static_cast<std::size_t>(offset % 8);
    while (!bytes.empty()) {
        const std::size_t count = (std::min)(bytes.size(), 8 - within);
        if (count == 8) {
            for (std::size_t i = 0; i < 8; ++i) bytes[i] = detail::byte_of(word, i);
        } else {
            for (std::size_t i = 0; i < count; ++i) bytes[i] = detail::byte_of(word, within + i);
        }
        bytes = bytes.subspan(count);
        within = 0;
        word = detail::xorshift64(word);
    }
}

MDE_DECL std::uint32_t LinearNoise::checksum(std::uint64_t size) const noexcept {
    detail::NoiseState state = first_;
    state.crc = ~std::uint32_t(0);
    state = stepped(state, size / 8);
    const std::uint64_t next = detail::xorshift64(state.word);
    for (std::size_t i = 0; i < size % 8; ++i)
        state.crc =
            detail::crc_step(state.crc, std::to_integer<unsigned>(detail::byte_of(next, i)));
    return ~state.crc;
}

MDE_DECL detail::NoiseState LinearNoise::stepped(detail::NoiseState state,
                                                 std::uint64_t steps) const noexcept {
    for (std::size_t i = 0; steps != 0 && i < powers_->size(); ++i, steps >>= 1)
        if ((steps & 1) != 0) state = (*powers_)[i](state);
    return state;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
