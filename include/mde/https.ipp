// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_HTTPS_IPP
#define MDE_HTTPS_IPP

/// @file
/// What mde/https.hpp and mde/emulator.hpp declare, compiled: one file of a program that defines
/// MDE_SEPARATE_COMPILATION consists of including this. See mde/base/linkage.hpp.

#if defined(MDE_BASE_LINKAGE_HPP)
#error "include <mde/https.ipp> before any other header of the SDK"
#endif

#if !defined(MDE_SEPARATE_COMPILATION)
#define MDE_SEPARATE_COMPILATION
#endif
#define MDE_SOURCE

#include <mde/emulator.hpp>
#include <mde/https.hpp>

#endif
