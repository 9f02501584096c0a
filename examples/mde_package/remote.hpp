// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_REMOTE_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_REMOTE_HPP

/// @file
/// The service as the commands see it: one function for each operation of the SDK.

#include "options.hpp"
#include "progress.hpp"
#include "stop_signals.hpp"

#include <mde/adapter/file_store.hpp>
#include <mde/base/error.hpp>
#include <mde/base/result.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/machine_action_page.hpp>
#include <mde/model/receipt.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/list_machine_actions.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <string>

namespace mde_package {

/// What came of an operation.
template <class T>
struct Outcome {
    mde::error_code error;
    mde::Diagnostics diagnostics;
    T value{};
};

/// Each function runs the context until its operation has ended. Everything that is heavy to
/// compile is in remote.cpp.
class Remote {
  public:
    /// `ca_pem`: the authorities to trust, and no others; without it, those of the system.
    /// @par Errors errc::tls_failed: there is no certificate in `ca_pem`
    static mde::result<Remote> connect(boost::asio::io_context& context, Access access,
                                       const std::optional<std::string>& ca_pem, Progress& progress,
                                       StopSignals& stop);
    Remote(Remote&&) noexcept;
    ~Remote();

    Outcome<mde::MachineAction> collect(const mde::CollectInvestigationPackage& request);
    Outcome<mde::MachineAction> look(const mde::MachineActionId& action);
    Outcome<mde::MachineAction> wait(const mde::MachineActionId& action);
    Outcome<mde::MachineAction> cancel(const mde::CancelMachineAction& request);
    Outcome<mde::MachineActionPage> list(const mde::ListMachineActions& request);
    Outcome<mde::Receipt> fetch(const mde::MachineActionId& action, mde::FileStore& store);
    Outcome<mde::Receipt> collect_to_store(const mde::CollectInvestigationPackage& request,
                                           mde::FileStore& store);

  private:
    struct Parts;
    explicit Remote(std::unique_ptr<Parts> parts) noexcept;

    std::unique_ptr<Parts> parts_;
};

} // namespace mde_package

#endif
