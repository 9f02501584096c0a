// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_EMULATOR_HPP
#define MDE_EXAMPLES_EMULATOR_HPP

/// @file
/// What the examples talk to: the whole service in this process, over real TLS. With a real tenant
/// `settings()` becomes `mde::Settings::for_cloud(...)`, `tls()` becomes
/// `mde::TlsContext::system()`.

#include <mde/adapter/file_store.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/base/secret.hpp>
#include <mde/model/machine_id.hpp>
#include <mde/model/settings.hpp>

#include <memory>
#include <string>

namespace example {

/// Runs on a thread of its own until it goes.
class Emulator {
  public:
    Emulator();
    ~Emulator();

    /// Whom to talk to, as whom; looks often, since collections take no time here.
    mde::Settings settings() const;
    mde::Secret client_secret() const;
    /// Trusts the service's own certificate authority.
    mde::TlsContext tls() const;
    /// The same authority as text, for other TLS libraries.
    std::string ca_pem() const;
    mde::MachineId machine() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// A store in a fresh directory, which goes with its content when the object goes.
class TemporaryStore {
  public:
    TemporaryStore();
    TemporaryStore(const TemporaryStore&) = delete;
    TemporaryStore& operator=(const TemporaryStore&) = delete;
    ~TemporaryStore();

    mde::FileStore& files() noexcept { return files_; }
    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
    mde::FileStore files_;
};

} // namespace example

#endif
