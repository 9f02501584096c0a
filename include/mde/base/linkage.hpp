// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_LINKAGE_HPP
#define MDE_BASE_LINKAGE_HPP

/// @file
/// Where functions that are no templates are compiled: in every file that includes their header, or
/// once. For the latter define `MDE_SEPARATE_COMPILATION` for all files of a program, and include
/// mde/https.ipp (without TLS: mde/mde.ipp) in exactly one; the others then see declarations, and
/// the templates of mde/adapter/https_client.hpp are compiled there, too.

#if !defined(MDE_SEPARATE_COMPILATION)
/// Before a function that is defined at the end of its header.
#define MDE_DECL inline
#else
#define MDE_DECL
#endif

#if !defined(MDE_SEPARATE_COMPILATION) || defined(MDE_SOURCE)
/// Whether this file compiles the definitions at the ends of headers: 1 or 0.
#define MDE_DEFINITIONS 1
#else
#define MDE_DEFINITIONS 0
#endif

#endif
