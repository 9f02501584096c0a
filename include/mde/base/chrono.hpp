// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_CHRONO_HPP
#define MDE_BASE_CHRONO_HPP

/// @file
/// Spans, points in time and clocks of the standard library, without its calendar where that can
/// be had: the calendar, with its formatting, costs more to compile than all of base/ and model/.

#include <mde/base/version.hpp>

// Also says which library this is.
#include <ratio>

#if defined(_GLIBCXX_RELEASE) && __has_include(<bits/chrono.h>)
// What libstdc++'s own headers include for the same reason; <mutex> brings it in any case.
#include <bits/chrono.h>
#else
#include <chrono>
#endif

#endif
