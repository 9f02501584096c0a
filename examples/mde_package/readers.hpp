// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_READERS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_READERS_HPP

/// @file
/// From the text of one option to its value. Every reader throws `UsageError` in the option's name.

#include "options.hpp"

#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>
#include <mde/model/endpoint.hpp>
#include <mde/model/machine_action.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/model/machine_id.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mde_package {

/// Digits, at most one point; no sign, no exponent, no infinity.
mde::Duration read_seconds(const std::string& option, const std::string& text, bool zero_allowed);
std::uint64_t read_number(const std::string& option, std::string_view text, std::uint64_t least,
                          std::uint64_t most);
/// `1048576`, `1024K`, `1M`, `2G`; powers of 1024.
std::uint64_t read_size(const std::string& option, std::string_view text);
mde::MachineActionId read_action(const std::string& option, std::string_view text);
mde::MachineId read_machine(const std::string& option, std::string_view text);
mde::MachineActionStatus read_status(const std::string& option, const std::string& text);
mde::Endpoint read_endpoint(const std::string& option, std::string_view text);

struct HostAndPort {
    std::string host;
    std::uint16_t port = 0;
};
HostAndPort read_host_and_port(const std::string& option, const std::string& text);

/// `STAGE:N:STATUS` or `STAGE:N:drop`; stages as in the request log.
RequestedFault read_fault(const std::string& option, std::string_view text);
/// How a stage is called in the request log: `get-link`.
std::string slug_of(mde::Stage stage);

/// One id in each line; blank lines, and what follows a `#`, are left out.
std::vector<mde::MachineId> read_machines_file(const std::string& option, const std::string& path);
/// At most 16 KiB, without a line break at the end.
mde::Secret read_secret_file(const std::string& option, const std::string& path);
/// At most 1 MiB.
std::string read_text_file(const std::string& option, const std::string& path);

} // namespace mde_package

#endif
