// SPDX-License-Identifier: BSL-1.0
// Uses the whole job with the smallest parts, so that an object file holds what a consumer's would.
// check.sh puts the headers of the core in front of it, and looks at what comes out.
#include <mde/async/run_blocking.hpp>
#include <mde/flow/collect_to_store.hpp>
#include <mde/flow/fetch_export_files.hpp>
#include <mde/flow/fetch_live_response_result.hpp>
#include <mde/flow/list_actions.hpp>
#include <mde/flow/sign_in.hpp>

namespace consumer {

struct Clock : mde::exemplar::StoppedClock {
    void sleep(mde::Duration) const noexcept {}
};

using Ports = mde::Ports<mde::exemplar::DeadTransport, mde::exemplar::FixedToken,
                         mde::exemplar::NoQuota, Clock, mde::NoObserver, mde::exemplar::NoStore>;

template <class Flow, class... Args>
inline mde::error_code run(const Ports& ports, const mde::flow::Context& context,
                           mde::Diagnostics& said, Args&&... args) {
    auto outcome = mde::run_blocking<Flow>(ports, context, said, std::forward<Args>(args)...);
    return outcome ? mde::error_code() : outcome.error();
}

mde::error_code use_the_core(const Ports& ports, const mde::flow::Context& context,
                             mde::Diagnostics& said, const mde::MachineActionId& action,
                             mde::CollectInvestigationPackage request,
                             mde::flow::SignInRequest sign_in) {
    using Hasher = mde::exemplar::NoHasher;
    using Exports = mde::GetExportFiles<mde::ExportKind::certificates>;
    using AllExports = mde::flow::FetchExportFiles<Hasher, mde::ExportKind::certificates>;
    mde::error_code ec = run<mde::flow::CollectToStore<Hasher>>(ports, context, said, request);
    if (!ec) ec = run<mde::flow::FetchPackage<Hasher>>(ports, context, said, action);
    if (!ec) ec = run<mde::flow::ListActions>(ports, context, said, mde::ListMachineActions());
    if (!ec)
        ec = run<mde::flow::FetchLiveResponseResult<Hasher>>(
            ports, context, said, mde::GetLiveResponseResultLink{action, 0});
    if (!ec) ec = run<AllExports>(ports, context, said, Exports());
    if (!ec) ec = run<mde::flow::SignIn>(ports, context, said, std::move(sign_in));
    return ec;
}

} // namespace consumer
