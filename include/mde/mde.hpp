// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MDE_HPP
#define MDE_MDE_HPP

/// @file
/// Everything that needs no TLS library. With HTTPS: `mde/https.hpp`; the service for tests:
/// `mde/emulator.hpp`.

#include <mde/adapter/credential.hpp>
#include <mde/adapter/file_quotas.hpp>
#include <mde/adapter/file_state.hpp>
#include <mde/adapter/file_store.hpp>
#include <mde/adapter/memory_store.hpp>
#include <mde/adapter/memory_token_store.hpp>
#include <mde/adapter/proxy.hpp>
#include <mde/adapter/receipt_store.hpp>
#include <mde/adapter/tee_store.hpp>
#include <mde/adapter/transport_options.hpp>
#include <mde/adapter/verify_packages.hpp>
#include <mde/adapter/workload_identity.hpp>
#include <mde/async/client.hpp>
#include <mde/async/run_blocking.hpp>
#include <mde/base/version.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/client_assertion.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/device_code.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/request/managed_identity.hpp>
#include <mde/request/missing_permissions.hpp>
#include <mde/wire/token_claims.hpp>

#endif
