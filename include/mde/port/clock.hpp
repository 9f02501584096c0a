// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_CLOCK_HPP
#define MDE_PORT_CLOCK_HPP

/// @file
/// The port through which time comes in.

#include <mde/base/time.hpp>

#include <concepts>

namespace mde::inline MDE_ABI {

/// What a compiler names when a part lacks something: each member of each port in words.
namespace needed {

template <class T>
concept clock_has_const_now_that_returns_Now = requires(const T& clock) {
    { clock.now() } -> std::same_as<Now>;
};

} // namespace needed

/// Tells the time to whoever drives a flow.
///
/// | expression | semantics |
/// | --- | --- |
/// | `clock.now()` | the present, as a `Now` |
///
/// The monotonic part never goes back, and goes on while the machine is suspended. Called from
/// whichever thread drives a flow; copies must agree with each other.
template <class T>
concept Clock = std::copy_constructible<T> && needed::clock_has_const_now_that_returns_Now<T>;

namespace exemplar {

/// The smallest clock: one that stands still.
struct StoppedClock {
    /// Zero, for ever.
    Now now() const noexcept { return {}; }
};
static_assert(Clock<StoppedClock>);

} // namespace exemplar

} // namespace mde::inline MDE_ABI

#endif
