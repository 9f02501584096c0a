// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MDE_IPP
#define MDE_MDE_IPP

/// @file
/// What mde/mde.hpp and the service declare, compiled: for a program that has no use for TLS. See
/// mde/base/linkage.hpp; a program that has includes mde/https.ipp in the place of this.

#if defined(MDE_BASE_LINKAGE_HPP)
#error "include <mde/mde.ipp> before any other header of the SDK"
#endif

#if !defined(MDE_SEPARATE_COMPILATION)
#define MDE_SEPARATE_COMPILATION
#endif
#define MDE_SOURCE

#include <mde/mde.hpp>
#include <mde/service/emulator.hpp>
#include <mde/service/generated_package.hpp>
#include <mde/service/in_process_transport.hpp>
#include <mde/wire/chunked_body.hpp>
#include <mde/wire/stored_token_codec.hpp>

#endif
