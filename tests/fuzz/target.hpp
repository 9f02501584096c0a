// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FUZZ_TARGET_HPP
#define MDE_TESTS_FUZZ_TARGET_HPP

/// @file
/// What a fuzz target is: a function over bytes, which says with an exception that a promise of the
/// SDK does not hold for them. libFuzzer makes the bytes (fuzzer.cpp), or the corpus (replay.cpp).

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

namespace mde_fuzz {

using Bytes = std::span<const std::byte>;

struct Target {
    std::string_view name;
    void (*run)(Bytes);
};

/// All of them.
std::span<const Target> targets() noexcept;

/// A promise that was not kept.
struct Broken : std::logic_error {
    using std::logic_error::logic_error;
};

inline void require(bool holds, const char* promise) {
    if (!holds) throw Broken(promise);
}

inline std::string_view text_of(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads decisions off the front of the bytes; zeros when there are no more.
class Input {
  public:
    explicit Input(Bytes bytes) noexcept : rest_(bytes) {}

    bool empty() const noexcept { return rest_.empty(); }

    unsigned byte() noexcept {
        if (rest_.empty()) return 0;
        const auto value = std::to_integer<unsigned>(rest_.front());
        rest_ = rest_.subspan(1);
        return value;
    }
    /// Two bytes.
    unsigned number() noexcept {
        const unsigned high = byte();
        return high << 8 | byte();
    }
    bool flag() noexcept { return (byte() & 1) != 0; }

    /// As many bytes as there are of `size`.
    std::string_view text(std::size_t size) noexcept {
        const Bytes taken = rest_.first(size < rest_.size() ? size : rest_.size());
        rest_ = rest_.subspan(taken.size());
        return text_of(taken);
    }
    std::string_view rest() noexcept { return text(rest_.size()); }

  private:
    Bytes rest_;
};

// One for each question; see the file of the same name under targets/, or the one named.
void json(Bytes);
void machine_actions(Bytes); // answers.cpp
void link_answers(Bytes);    // links.cpp
void links(Bytes);
void tokens(Bytes);
void records(Bytes);
void journals(Bytes); // records.cpp
void heads(Bytes);
void chunked_body(Bytes); // bodies.cpp
void zip_end(Bytes);      // bodies.cpp
void service_text(Bytes);
void dates(Bytes);
void transfer(Bytes);
void api_flows(Bytes);

} // namespace mde_fuzz

#endif
