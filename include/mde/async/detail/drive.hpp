// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_DETAIL_DRIVE_HPP
#define MDE_ASYNC_DETAIL_DRIVE_HPP

/// @file
/// What both drivers do alike: the actions that need no waiting, and the events for the observer.

#include <mde/async/ports.hpp>
#include <mde/base/secret.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/step.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// The part of a running flow that no executor is needed for.
template <class PortsT>
class Bench {
  public:
    using StoreWriter = typename PortsT::Store::Writer;

    explicit Bench(const PortsT& ports) : ports_(ports) {}

    const PortsT& ports() const noexcept { return ports_; }
    Now now() const { return ports_.clock->now(); }
    void notify(const ObserverEvent& event) { ports_.observer->notify(event); }

    /// An error that goes back to the flow, shown first.
    flow::Event failed(Stage stage, const error_code& error) {
        notify(observed::Failure{stage, error});
        return flow::event::Failed{error};
    }

    flow::Event perform(const flow::action::AcquireQuota& action) {
        const result<Duration> wait = ports_.quotas->acquire(action.key, action.quota, now());
        if (!wait) return failed(action.key.call, wait.error());
        return flow::event::QuotaAnswer{*wait};
    }

    flow::Event perform(const flow::action::ReportThrottled& action) {
        ports_.quotas->throttled(action.key, action.wait, now());
        return flow::event::Done{};
    }

    flow::Event perform(const flow::action::CheckStore& action) {
        if (const error_code error = ports_.store->check(*action.key))
            return failed(Stage::store, error);
        return flow::event::Done{};
    }

    flow::Event perform(const flow::action::OpenStore& action) {
        result<StoreWriter> writer = ports_.store->open(*action.key, action.length);
        if (!writer) return failed(Stage::store, writer.error());
        writer_.emplace(std::move(*writer));
        notify(observed::Progress{0, action.length});
        return flow::event::Done{};
    }

    flow::Event perform(const flow::action::WriteStore& action) {
        if (const error_code error = writer_->write(action.offset, action.bytes))
            return failed(Stage::store, error);
        notify(observed::Progress{action.offset + action.bytes.size(), action.total});
        return flow::event::Done{};
    }

    flow::Event perform(const flow::action::CommitStore& action) {
        const error_code error = writer_->commit(*action.receipt);
        writer_.reset();
        if (error) return failed(Stage::store, error);
        notify(observed::Committed{action.receipt->length});
        return flow::event::Done{};
    }

    flow::Event perform(const flow::action::AbortStore&) {
        abort_store();
        return flow::event::Done{};
    }

    flow::Event perform(const flow::action::Notify& action) {
        notify(action.event);
        return flow::event::Done{};
    }

    /// Also what is left to do when the operation is cancelled.
    void abort_store() {
        if (writer_) writer_->abort();
        writer_.reset();
    }

    /// Memory for a streamed body, made when first needed.
    std::span<std::byte> stream_buffer() {
        if (!buffer_) buffer_ = std::make_unique_for_overwrite<std::byte[]>(bounds::stream_buffer);
        return {buffer_.get(), bounds::stream_buffer};
    }

  private:
    PortsT ports_;
    std::optional<StoreWriter> writer_;
    std::unique_ptr<std::byte[]> buffer_;
};

/// The body of a whole answer, collected piece by piece within its bound.
class WholeBody {
  public:
    void begin(std::size_t limit) noexcept {
        text_.clear();
        limit_ = limit;
    }

    std::span<std::byte> next_piece() {
        return std::as_writable_bytes(text_.prepare(bounds::answer_piece));
    }

    /// False if the bound is passed.
    bool add(std::size_t size) noexcept {
        text_.commit(size);
        return text_.size() <= limit_;
    }

    std::string_view text() const noexcept { return text_.expose(); }

    /// Gives the memory back: a watched action waits without it.
    void release() noexcept { text_ = Secret(); }

  private:
    Secret text_;
    std::size_t limit_ = 0;
};

} // namespace mde::inline MDE_ABI::detail

#endif
