// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EMULATOR_HPP
#define MDE_EMULATOR_HPP

/// @file
/// The other side, for tests and demonstrations: the service in this process. With `mde/https.hpp`
/// it can stand behind real TLS.

#include <mde/adapter/openssl_hmac.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/mde.hpp>
#include <mde/service/emulator.hpp>
#include <mde/service/generated_package.hpp>
#include <mde/service/in_process_transport.hpp>

#endif
