// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_DETAIL_DRIVE_HPP
#define MDE_ASYNC_DETAIL_DRIVE_HPP

/// @file
/// What both drivers do alike: the actions that need no waiting, and the events for the observer.

#include <mde/async/ports.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/step.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
    using Store = typename PortsT::Store;
    using StoreWriter = typename Store::Writer;

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

    flow::Event perform(const flow::action::OpenStore& action) requires PackageStore<Store> {
        result<StoreWriter> writer = ports_.store->open(*action.key);
        if (!writer) return failed(Stage::store, writer.error());
        return opened(std::move(*writer));
    }
    flow::Event perform(const flow::action::BeginPart& action) requires PackageStore<Store> {
        return stored(action, writer_->begin(*action.part));
    }
    flow::Event perform(const flow::action::WriteStore& action) requires PackageStore<Store> {
        return stored(action, writer_->write(action.offset, action.bytes));
    }
    flow::Event perform(const flow::action::CommitStore& action) requires PackageStore<Store> {
        return stored(action, writer_->commit(*action.receipt));
    }

    flow::Event perform(const flow::action::ReadStore& action) {
        if constexpr (PartWriter<StoreWriter>) {
            const auto buffer = stream_buffer();
            const auto most = (std::min)(std::uint64_t(buffer.size()), action.size);
            const result<std::size_t> size =
                writer_->read(action.offset, buffer.first(static_cast<std::size_t>(most)));
            if (!size) return failed(Stage::store, size.error());
            return flow::event::BodyReady{buffer.first(*size)};
        } else {
            static_cast<void>(action);
            return failed(Stage::store, make_error_code(errc::store_failed));
        }
    }

    /// No flow asks for it here: the event of the store's opening has not offered it.
    flow::Event perform(const flow::action::FetchSegments&) {
        return failed(Stage::download, make_error_code(errc::store_failed));
    }

    flow::Event perform(const flow::action::KeepPart&) {
        leave_store();
        return flow::event::Done{};
    }

    flow::Event perform(const flow::action::AbortStore&) {
        if (writer_) writer_->abort();
        writer_.reset();
        return flow::event::Done{};
    }

    /// The event for a store that has been opened.
    flow::Event opened(StoreWriter writer) {
        writer_.emplace(std::move(writer));
        if constexpr (PartWriter<StoreWriter>) {
            const PackagePart& part = writer_->part();
            if (part.total) expect(part.total);
            if (part.stored != 0) notify(observed::Progress{part.stored, part.total});
            return flow::event::StoreOpened{&part};
        } else {
            return flow::event::StoreOpened{};
        }
    }

    /// The events for what the store was asked to do.
    flow::Event stored(const flow::action::BeginPart& action, const error_code& error) {
        if (error) return failed(Stage::store, error);
        expect(action.part->total);
        notify(observed::Progress{0, action.part->total});
        return flow::event::Done{};
    }
    flow::Event stored(const flow::action::WriteStore& action, const error_code& error) {
        if (error) return failed(Stage::store, error);
        notify(observed::Progress{action.offset + action.bytes.size(), action.total});
        return flow::event::Done{};
    }
    flow::Event stored(const flow::action::CommitStore& action, const error_code& error) {
        writer_.reset();
        if (error) return failed(Stage::store, error);
        notify(observed::Committed{action.receipt->length});
        return flow::event::Done{};
    }

    flow::Event perform(const flow::action::Notify& action) {
        notify(action.event);
        return flow::event::Done{};
    }

    /// Also what is left to do when the operation is cancelled: what can be gone on with stays.
    void leave_store() {
        if (!writer_) return;
        if constexpr (PartWriter<StoreWriter>)
            writer_->keep();
        else
            writer_->abort();
        writer_.reset();
    }

    StoreWriter& writer() noexcept { return *writer_; }

    /// Memory for a streamed body, made when it is needed, and as large as what is expected is
    /// worth.
    std::span<std::byte> stream_buffer() {
        if (!buffer_) buffer_ = std::make_unique_for_overwrite<std::byte[]>(buffer_size_);
        return {buffer_.get(), buffer_size_};
    }

    /// Nothing is read for a while: thousands wait at once.
    void release_buffer() noexcept { buffer_.reset(); }

  private:
    /// A small package is read in a few pieces as well; one of unknown length may be large.
    void expect(const std::optional<std::uint64_t>& length) {
        const std::uint64_t wanted = length ? *length / 8 : bounds::stream_buffer;
        const std::size_t size = static_cast<std::size_t>(
            std::clamp<std::uint64_t>(wanted, bounds::stream_buffer_least, bounds::stream_buffer));
        if (size != buffer_size_) buffer_.reset();
        buffer_size_ = size;
    }

    PortsT ports_;
    std::optional<StoreWriter> writer_;
    std::unique_ptr<std::byte[]> buffer_;
    std::size_t buffer_size_ = bounds::stream_buffer;
};

/// The body of a whole answer, collected piece by piece within its bound.
class WholeBody {
  public:
    void begin(std::size_t limit) noexcept;

    std::span<std::byte> next_piece();

    /// False if the bound is passed.
    bool add(std::size_t size) noexcept;

    std::string_view text() const noexcept { return text_.expose(); }

    /// Gives the memory back: a watched action waits without it.
    void release() noexcept { text_ = Secret(); }

  private:
    Secret text_;
    std::size_t limit_ = 0;
};

#if MDE_DEFINITIONS

MDE_DECL void WholeBody::begin(std::size_t limit) noexcept {
    text_.clear();
    limit_ = limit;
}

MDE_DECL std::span<std::byte> WholeBody::next_piece() {
    const std::size_t room = text_.room();
    return std::as_writable_bytes(
        text_.prepare(room >= bounds::answer_piece / 4 ? room : bounds::answer_piece));
}

MDE_DECL bool WholeBody::add(std::size_t size) noexcept {
    text_.commit(size);
    return text_.size() <= limit_;
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
