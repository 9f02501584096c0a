// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_VERSION_HPP
#define MDE_BASE_VERSION_HPP

/// @file
/// The version of the SDK and the inline namespace that keeps two versions apart in one program.

/// Grows when programs that were written for the version before have to be changed.
#define MDE_VERSION_MAJOR 0
/// Grows with what is new; before 1.0 also with what has to be changed.
#define MDE_VERSION_MINOR 1
/// Grows with what is mended.
#define MDE_VERSION_PATCH 0
/// The three numbers with dots; each build system reads the version here.
#define MDE_VERSION_STRING "0.1.0"

/// Every public name lives in `mde::MDE_ABI`, inline: two libraries that embed different versions
/// of this SDK can be linked into one program without sharing a symbol by accident.
#define MDE_ABI v0_1

#endif
