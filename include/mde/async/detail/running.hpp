// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_DETAIL_RUNNING_HPP
#define MDE_ASYNC_DETAIL_RUNNING_HPP

/// @file
/// What a running flow has of its own: the flow, its memory and what is open.

#include <mde/async/detail/drive.hpp>

#include <boost/asio/steady_timer.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace mde::inline MDE_ABI {

namespace net = boost::asio;

namespace detail {

/// Everything that lives as long as the operation, at a stable address: a flow's actions point into
/// the flow.
template <class Flow, class PortsT>
struct Running {
    using Exchange = typename PortsT::Transport::Exchange;
    using Executor = typename PortsT::Transport::executor_type;
    using Timer = typename net::steady_timer::template rebind_executor<Executor>::other;

    template <class... Args>
    Running(const PortsT& ports, flow::Context context, Diagnostics* out, Args&&... args)
        : bench(ports),
          diagnostics_out(out),
          timer(ports.transport->get_executor()),
          flow((context.diagnostics = &diagnostics, context), std::forward<Args>(args)...) {}

    Bench<PortsT> bench;
    Diagnostics diagnostics;
    Diagnostics* diagnostics_out;
    Exchange exchange;
    WholeBody body;
    AccessToken token;
    Timer timer;
    flow::action::Send sending;
    /// What an asynchronous store is doing.
    std::optional<
        std::variant<flow::action::BeginPart, flow::action::WriteStore, flow::action::CommitStore>>
        storing;
    Flow flow;
};

} // namespace detail

} // namespace mde::inline MDE_ABI

#endif
