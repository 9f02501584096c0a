// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_RUN_FLOW_HPP
#define MDE_ASYNC_RUN_FLOW_HPP

/// @file
/// The one composed operation: drives any flow with the ports it is given, on any executor.

#include <mde/async/detail/fetch_segments.hpp>
#include <mde/async/detail/run_flow_op.hpp>

#include <boost/asio/compose.hpp>

#include <utility>

namespace mde::inline MDE_ABI {

namespace net = boost::asio;

/// Drives `Flow(context, args...)` to its end. The context's diagnostics pointer is set by the
/// operation; what was learned is copied to `diagnostics` (may be null) before completion.
///
/// @par Completion Signature   void(error_code, Flow::Result::value_type)
/// @par Errors                 those of the flow; boost::asio::error::operation_aborted
/// @par Cancellation           total, partial and terminal, between and during all steps; the store
///                             keeps what can be gone on with, and nothing else
/// @par Executor               token's, else that of the transport; never inside this call
/// @par Lifetimes              ports, settings and diagnostics outlive completion
/// @par Exception safety       throws only what the token or allocation throws
template <class Flow, class PortsT, class CompletionToken, class... Args>
auto async_run_flow(const PortsT& ports, const flow::Context& context, Diagnostics* diagnostics,
                    CompletionToken&& token, Args... args) {
    using Value = typename Flow::Result::value_type;
    return net::async_compose<CompletionToken, void(error_code, Value)>(
        detail::RunFlowOp<Flow, PortsT, Args...>(ports, context, diagnostics, std::move(args)...),
        token, ports.transport->get_executor());
}

} // namespace mde::inline MDE_ABI

#endif
