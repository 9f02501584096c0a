// SPDX-License-Identifier: BSL-1.0
// The operations that store more than one package, or none.
#include "remote_parts.hpp"

#include <mde/request/get_export_files.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace mde_package {

namespace {

using mde::flow::Action;
using mde::flow::Event;

/// An export whose kind is known only now. All kinds in one flow, since what is heavy to compile is
/// the operation around each of them.
class FetchAnyExport {
  public:
    using Result = mde::result<mde::FetchedExport>;

    FetchAnyExport(const mde::flow::Context& context, mde::ExportKind kind,
                   std::optional<unsigned> hours) {
        choose(context, kind, hours, std::make_index_sequence<mde::export_pages.size()>());
    }
    FetchAnyExport(const FetchAnyExport&) = delete;
    FetchAnyExport& operator=(const FetchAnyExport&) = delete;

    Action start(const mde::Now& now) {
        return step([&](auto& flow) { return flow.start(now); });
    }
    Action on(const Event& event, const mde::Now& now) {
        return step([&](auto& flow) { return flow.on(event, now); });
    }
    Result take_result() {
        return std::visit([](auto& flow) { return flow->take_result(); }, flow_);
    }

  private:
    template <std::size_t I>
    using Flow = mde::flow::FetchExportFiles<mde::OpensslSha256, static_cast<mde::ExportKind>(I)>;

    template <std::size_t... I>
    static std::variant<std::unique_ptr<Flow<I>>...> any_of(std::index_sequence<I...>);
    using Any = decltype(any_of(std::make_index_sequence<mde::export_pages.size()>()));

    template <std::size_t... I>
    void choose(const mde::flow::Context& context, mde::ExportKind kind,
                std::optional<unsigned> hours, std::index_sequence<I...>) {
        const auto make = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
            if (static_cast<std::size_t>(kind) != K) return;
            using Request = typename Flow<K>::Request;
            flow_.template emplace<K>(std::make_unique<Flow<K>>(context, Request{hours}));
        };
        (make(std::integral_constant<std::size_t, I>()), ...);
    }

    template <class Step>
    Action step(Step step) {
        return std::visit([&](auto& flow) -> Action { return step(*flow); }, flow_);
    }

    Any flow_;
};

} // namespace

Outcome<mde::FleetState> Remote::collect_many(mde::FleetState state, mde::FileStore& store,
                                              mde::FileState& saved,
                                              const mde::FleetOptions& pace) {
    return parts_->run<mde::FleetState>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_collect_many(std::move(state), store, saved, pace, options,
                                          std::move(handler));
    });
}

Outcome<mde::Receipt> Remote::live_response(const mde::GetLiveResponseResultLink& request,
                                            mde::FileStore& store) {
    return parts_->run<mde::Receipt>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_fetch_live_response_result(request, store, options,
                                                        std::move(handler));
    });
}

/// The client's own function takes the kind as a constant; see `FetchAnyExport`.
Outcome<mde::FetchedExport>
Remote::export_files(mde::ExportKind kind, std::optional<unsigned> hours, mde::FileStore& store) {
    Parts& parts = *parts_;
    const mde::Ports<Parts::Transport, Parts::Tokens, Quotas, mde::SystemClock, Progress,
                     mde::FileStore>
        ports{&parts.transport, &parts.tokens,   &parts.quotas,
              &parts.clock,     &parts.progress, &store};
    return parts.run<mde::FetchedExport>([&](const mde::CallOptions& options, auto handler) {
        mde::flow::Context context;
        context.settings = &parts.client.settings();
        context.deadline = parts.deadline;
        context.seed = static_cast<std::uint64_t>(parts.clock.now().utc.time_since_epoch().count());
        mde::async_run_flow<FetchAnyExport>(ports, context, options.diagnostics, std::move(handler),
                                            kind, hours);
    });
}

} // namespace mde_package
