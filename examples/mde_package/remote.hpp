// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_REMOTE_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_REMOTE_HPP

/// @file
/// The service as the commands see it: one function for each operation of the SDK.

#include "options.hpp"
#include "progress.hpp"
#include "stop_signals.hpp"

#include <mde/adapter/file_state.hpp>
#include <mde/adapter/file_store.hpp>
#include <mde/base/error.hpp>
#include <mde/base/result.hpp>
#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/export_kind.hpp>
#include <mde/model/fetched_export.hpp>
#include <mde/model/fleet_state.hpp>
#include <mde/model/machine_action.hpp>
#include <mde/model/receipt.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/wire/token_claims.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mde_package {

/// A token, without the token.
struct SignedIn {
    mde::UtcTime until{};
    /// Nothing if the token is opaque.
    std::optional<mde::TokenClaims> claims{};
};

/// What came of an operation.
template <class T>
struct Outcome {
    mde::error_code error;
    mde::Diagnostics diagnostics;
    T value{};
};

/// Each function runs the context until its operation has ended. Everything that is heavy to
/// compile is in remote.cpp and remote_many.cpp.
class Remote {
  public:
    /// `ca_pem`: the authorities to trust, and no others; without it, those of the system.
    /// @par Errors errc::tls_failed: there is no certificate in `ca_pem`; errc::store_denied,
    /// errc::store_failed: the token cache cannot be used
    static mde::result<Remote> connect(boost::asio::io_context& context, Access access,
                                       const std::optional<std::string>& ca_pem, Progress& progress,
                                       StopSignals& stop);
    Remote(Remote&&) noexcept;
    ~Remote();

    Outcome<SignedIn> sign_in();
    Outcome<mde::MachineAction> collect(const mde::CollectInvestigationPackage& request);
    Outcome<mde::MachineAction> look(const mde::MachineActionId& action);
    Outcome<mde::MachineAction> wait(const mde::MachineActionId& action);
    Outcome<mde::MachineAction> cancel(const mde::CancelMachineAction& request);
    Outcome<std::vector<mde::MachineAction>> list(const mde::ListMachineActions& request);
    Outcome<mde::Receipt> fetch(const mde::MachineActionId& action, mde::FileStore& store);
    Outcome<mde::Receipt> collect_to_store(const mde::CollectInvestigationPackage& request,
                                           mde::FileStore& store);
    /// The value is the state at the end, also beside an error.
    Outcome<mde::FleetState> collect_many(mde::FleetState state, mde::FileStore& store,
                                          mde::FileState& saved, const mde::FleetOptions& pace);
    Outcome<mde::Receipt> live_response(const mde::GetLiveResponseResultLink& request,
                                        mde::FileStore& store);
    Outcome<mde::FetchedExport> export_files(mde::ExportKind kind, std::optional<unsigned> hours,
                                             mde::FileStore& store);

  private:
    struct Parts;
    explicit Remote(std::unique_ptr<Parts> parts) noexcept;

    std::unique_ptr<Parts> parts_;
};

} // namespace mde_package

#endif
