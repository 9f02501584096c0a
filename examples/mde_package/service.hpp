// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_SERVICE_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_SERVICE_HPP

/// @file
/// The emulated service behind a TLS server on the loopback interface.

#include "options.hpp"

#include <mde/base/result.hpp>
#include <mde/base/sha256_digest.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mde_package {

/// A package as the service has it.
struct ServedPackage {
    std::uint64_t length = 0;
    mde::Sha256Digest sha256;
};

/// Answers from its construction on, whenever the context runs. Its certificate is good for
/// `localhost` and `127.0.0.1`; the authority behind it was made a moment ago.
class Service {
  public:
    /// @throws boost::system::system_error if a port cannot be had
    /// @throws UsageError if the accepted certificate is none, or the log cannot be opened
    Service(boost::asio::io_context& context, const ServiceOptions& options);
    ~Service();

    std::uint16_t port() const;
    /// `https://127.0.0.1:PORT`, the API and the authority.
    std::string url() const;
    /// `HOST:PORT`, where links point to.
    std::string link_host() const;
    /// On 127.0.0.1 and without TLS; nothing if there is no metadata service.
    std::optional<std::uint16_t> metadata_port() const;
    std::string ca_pem() const;

    /// Makes `id` a machine with a name.
    void add_machine(std::string_view id, std::string_view name);
    /// Length and hash of what the download host would send, computed from its source.
    mde::result<ServedPackage> served_package(const mde::MachineActionId& action);

    void stop();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace mde_package

#endif
