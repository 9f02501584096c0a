// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_STATE_STORE_HPP
#define MDE_PORT_STATE_STORE_HPP

/// @file
/// The port through which a job's state is kept, to be picked up by another process.

#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

namespace needed {

template <class T>
concept state_store_has_save_of_text = requires(T& store, std::string_view text) {
    { store.save(text) } -> std::same_as<error_code>;
};

template <class T>
concept state_store_has_load_that_returns_result_of_optional_string = requires(T& store) {
    { store.load() } -> std::same_as<result<std::optional<std::string>>>;
};

} // namespace needed

/// Keeps the state of one job.
///
/// | expression | semantics |
/// | --- | --- |
/// | `store.save(text)` | `error_code`; once it returns success, `load` gives this text |
/// | `store.load()` | `result<optional<string>>`: what was saved last, if anything was |
///
/// A save that is interrupted, by the end of the process even, leaves the text before it. Errors
/// are `errc::store_*`. Called from whichever thread drives the job, one call after the other.
template <class T>
concept StateStore = needed::state_store_has_save_of_text<T> &&
    needed::state_store_has_load_that_returns_result_of_optional_string<T>;

namespace exemplar {

/// The smallest state store: one that does not outlive the process.
struct MemoryState {
    /// What was saved last.
    std::optional<std::string> text{};

    /// Replaces the text.
    error_code save(std::string_view saved);
    /// The text.
    result<std::optional<std::string>> load() const { return text; }
};
static_assert(StateStore<MemoryState>);

#if MDE_DEFINITIONS

MDE_DECL error_code MemoryState::save(std::string_view saved) {
    text = std::string(saved);
    return {};
}

#endif

} // namespace exemplar

} // namespace mde::inline MDE_ABI

#endif
