// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_CLI_SERVER_HPP
#define MDE_TESTS_CLI_SERVER_HPP

/// @file
/// `mde-package serve` as a process beside the test, and the arguments that lead to it.

#include "cli/program.hpp"
#include "cli/request_log.hpp"
#include "support/temporary_directory.hpp"

#include <mde/wire/json.hpp>

#include <algorithm>
#include <csignal>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde_test {

using Words = std::vector<std::string>;
using Names = std::set<std::string>;

inline Words operator+(Words left, const Words& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

inline constexpr std::string_view finished_action = "7327b54f-d718-525c-bca0-7dacde913b5a";
inline constexpr std::string_view other_action = "11111111-aaaa-4bbb-8ccc-222222222222";
inline constexpr std::string_view machine = "00112233445566778899aabbccddeeff00112233";

inline Setting with_secret(std::string_view secret = client_secret) {
    Setting setting;
    setting.environment.push_back("AZURE_CLIENT_SECRET=" + std::string(secret));
    return setting;
}

class Server {
  public:
    explicit Server(Words options = {})
        : ca_file(directory_.file("ca.pem")),
          log(directory_.file("requests")),
          program_(Words{"serve", "--port", "0", "--json", "--ca-out", ca_file, "--request-log",
                         log.path(), "--with-action", std::string(finished_action)} +
                       with_defaults(std::move(options)),
                   with_secret()) {
        const auto line = mde::wire::parse_json_object(program_.first_line());
        if (!line) throw std::runtime_error("serve did not start: " + program_.error);
        mde::wire::Members members(*line);
        endpoint = members.string("endpoint").value_or("");
        link_host = members.string("linkHost").value_or("");
        tenant = members.string("tenantId").value_or("");
        client = members.string("clientId").value_or("");
        metadata = members.string("metadataEndpoint").value_or("");
        port = static_cast<int>(members.integer("port").value_or(0));
    }
    ~Server() {
        program_.signal(SIGTERM);
        CHECK(program_.wait() == 0);
    }

    /// Everything that a client needs, with nothing left to chance.
    Words access() const { return servers() + identity() + trust() + link_hosts() + brief(); }

    Words servers() const { return {"--endpoint", endpoint, "--authority", endpoint}; }
    Words identity() const { return {"--tenant-id", tenant, "--client-id", client}; }
    Words trust() const { return {"--ca-file", ca_file}; }
    Words link_hosts() const { return {"--allow-link-host", link_host}; }
    static Words brief() { return {"--quiet", "--retries", "0", "--poll-interval", "0.1"}; }

    Run fetch(const std::string& out, const Words& more = {},
              const Setting& setting = with_secret()) const {
        return run(Words{"fetch", "--action-id", std::string(finished_action), "--out", out} +
                       access() + more,
                   setting);
    }

  private:
    static Words with_defaults(Words options) {
        for (const auto& [name, value] :
             {std::pair("--collect-seconds", "0.2"), std::pair("--package-size", "200K")})
            if (std::find(options.begin(), options.end(), name) == options.end())
                options = std::move(options) + Words{name, value};
        return options;
    }

    TemporaryDirectory directory_;

  public:
    std::string ca_file;
    RequestLog log;
    std::string endpoint{};
    std::string link_host{};
    std::string tenant{};
    std::string client{};
    /// Empty unless the server was told to be a metadata service, too.
    std::string metadata{};
    int port = 0;

  private:
    Program program_;
};

/// There is nothing in the place where a package should have been stored.
inline bool is_empty(const std::string& directory) { return names_in(directory).empty(); }

} // namespace mde_test

#endif
