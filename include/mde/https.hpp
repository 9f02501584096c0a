// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_HTTPS_HPP
#define MDE_HTTPS_HPP

/// @file
/// Everything for real use: `mde/mde.hpp`, and HTTPS, hashing and signing by Asio, Beast and
/// OpenSSL; servers for tests, too.

#include <mde/adapter/certificate_authority.hpp>
#include <mde/adapter/client_certificate.hpp>
#include <mde/adapter/environment_sign_in.hpp>
#include <mde/adapter/file_token_store.hpp>
#include <mde/adapter/https_client.hpp>
#include <mde/adapter/https_server.hpp>
#include <mde/adapter/metadata_server.hpp>
#include <mde/adapter/openssl_hmac.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/mde.hpp>

#endif
