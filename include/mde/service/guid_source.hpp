// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_GUID_SOURCE_HPP
#define MDE_SERVICE_GUID_SOURCE_HPP

/// @file
/// Identifiers that look random and are the same in every run.

#include <mde/base/linkage.hpp>
#include <mde/base/version.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// Makes GUIDs, correlation ids and nonces from a seed. They are predictable on purpose: what must
/// not be guessed is signed. Distinct objects: safe. Shared objects: unsafe.
class GuidSource {
  public:
    /// Equal seeds give equal sequences.
    explicit GuidSource(std::uint64_t seed) noexcept : state_(seed) {}

    /// Lower case, 8-4-4-4-12, of version 4 in form.
    std::string guid();

    /// `|76dce355-471ae6d819782413.`, the other form that `target` was seen to have.
    std::string trace_id();

    /// `count` lower-case hexadecimal digits, at most 16.
    std::string hex(std::size_t count);

  private:
    /// splitmix64.
    std::uint64_t next() noexcept;

    std::uint64_t state_;
};

#if MDE_DEFINITIONS

MDE_DECL std::string GuidSource::guid() {
    // One statement each: the operands of one expression are evaluated in any order.
    std::string text = hex(8);
    text.append("-").append(hex(4));
    text.append("-4").append(hex(3));
    text.append("-8").append(hex(3));
    text.append("-").append(hex(12));
    return text;
}

MDE_DECL std::string GuidSource::trace_id() {
    std::string text = "|" + hex(8);
    text.append("-").append(hex(16)).append(".");
    return text;
}

MDE_DECL std::string GuidSource::hex(std::size_t count) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::uint64_t number = next();
    std::string text;
    for (std::size_t i = 0; i < count; ++i, number >>= 4) text.push_back(digits[number & 15]);
    return text;
}

MDE_DECL std::uint64_t GuidSource::next() noexcept {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
