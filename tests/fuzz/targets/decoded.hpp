// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FUZZ_TARGETS_DECODED_HPP
#define MDE_TESTS_FUZZ_TARGETS_DECODED_HPP

/// @file
/// A body as the answer to a request that left when the time-line began.

#include <mde/wire/codec.hpp>

#include <string_view>

namespace mde_fuzz {

template <class T>
mde::result<T> decoded(std::string_view body, const mde::Now& sent = {}) {
    mde::wire::Answer answer;
    answer.body = body;
    answer.sent = sent;
    return mde::wire::Codec<T>::decode(answer);
}

} // namespace mde_fuzz

#endif
