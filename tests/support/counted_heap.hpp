// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_COUNTED_HEAP_HPP
#define MDE_TESTS_SUPPORT_COUNTED_HEAP_HPP

/// @file
/// A heap that is counted and can be made to fail. A program that includes this is also made of
/// counted_heap.cpp, which replaces `operator new`.

#include <atomic>
#include <cstddef>
#include <limits>

namespace mde_test::heap {

/// What this program has taken from the heap and not given back, and how often it took anything.
inline std::atomic<std::size_t> bytes_in_use{0};
inline std::atomic<std::size_t> blocks_in_use{0};
inline std::atomic<std::size_t> allocations{0};

inline constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

/// Of the allocations since a `Shortage` began: how many there were, and which fail.
inline std::atomic<std::size_t> counted{0};
inline std::atomic<std::size_t> first_failing{never};
inline std::atomic<std::size_t> last_failing{never};
/// More than zero: what this thread takes is neither counted nor fails.
inline thread_local unsigned passed_over = 0;

/// The two pieces that this thread takes right after so many bytes do not fail; see whoever sets
/// it.
inline std::atomic<std::size_t> spared_after{never};
inline thread_local unsigned spared = 0;

enum class Times {
    once,
    for_ever,
};

/// While it lives, the `first`-th allocation fails, and perhaps all later ones. One at a time.
class Shortage {
  public:
    explicit Shortage(std::size_t first, Times times = Times::once) noexcept {
        counted = 0;
        last_failing = times == Times::once ? first : never;
        first_failing = first;
    }
    Shortage(const Shortage&) = delete;
    Shortage& operator=(const Shortage&) = delete;
    ~Shortage() { first_failing = last_failing = never; }

    /// Allocations since it began.
    static std::size_t count() noexcept { return counted; }
};

/// What is allocated meanwhile belongs to somebody else, whose memory does not run out.
class PassOver {
  public:
    PassOver() noexcept { ++passed_over; }
    PassOver(const PassOver&) = delete;
    PassOver& operator=(const PassOver&) = delete;
    ~PassOver() { --passed_over; }
};

/// Counts one allocation; true if it is to fail.
inline bool strikes(std::size_t size) noexcept {
    if (passed_over != 0) return false;
    const std::size_t number = ++counted;
    const bool is_spared = spared != 0;
    spared = size == spared_after ? 2 : is_spared ? spared - 1 : 0;
    return !is_spared && number >= first_failing && number <= last_failing;
}

} // namespace mde_test::heap

#endif
