// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_RESULT_HPP
#define MDE_BASE_RESULT_HPP

/// @file
/// The value-or-error type that every function without I/O returns.

#include <mde/base/error.hpp>

#include <boost/system/result.hpp>

namespace mde::inline MDE_ABI {

/// Either a `T` or an `error_code`. Test with `has_value()` or `if (r)`; then `*r` is the value, or
/// `r.error()` the error. Only `value()` throws.
template <class T>
using result = boost::system::result<T>;

} // namespace mde::inline MDE_ABI

#endif
