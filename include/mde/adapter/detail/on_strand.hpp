// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_ON_STRAND_HPP
#define MDE_ADAPTER_DETAIL_ON_STRAND_HPP

/// @file
/// A handler whose operation runs on a connection's strand and which itself runs where it belongs.

#include <mde/base/version.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// The steps of an operation run on `Strand`, so that a timer of the same connection never runs
/// beside them; the final handler is dispatched to its own executor: an operation must have left
/// the call that began it before it ends.
/// The allocator is the handler's own. So is its cancellation slot, which is emitted wherever the
/// handler's executor is: the emission is passed on to the strand, where the steps have a signal of
/// their own.
template <class Handler, class Strand>
class OnStrand {
  public:
    using Target =
        boost::asio::associated_executor_t<Handler, typename Strand::inner_executor_type>;
    using Work = std::decay_t<decltype(boost::asio::prefer(
        std::declval<Target>(), boost::asio::execution::outstanding_work.tracked))>;

    OnStrand(Handler handler, const Strand& strand)
        : handler_(std::move(handler)),
          strand_(strand),
          work_(boost::asio::prefer(
              boost::asio::get_associated_executor(handler_, strand.get_inner_executor()),
              boost::asio::execution::outstanding_work.tracked)) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler_);
        if (!slot.is_connected()) return;
        signal_ = std::make_shared<boost::asio::cancellation_signal>();
        slot.assign([signal = signal_, strand](boost::asio::cancellation_type type) {
            boost::asio::post(strand, [signal, type] { signal->emit(type); });
        });
    }

    using executor_type = Strand;
    executor_type get_executor() const noexcept { return strand_; }

    using allocator_type = boost::asio::associated_allocator_t<Handler>;
    allocator_type get_allocator() const noexcept {
        return boost::asio::get_associated_allocator(handler_);
    }

    using cancellation_slot_type = boost::asio::cancellation_slot;
    cancellation_slot_type get_cancellation_slot() const noexcept {
        return signal_ ? signal_->slot() : boost::asio::cancellation_slot();
    }

    template <class... Args>
    void operator()(Args... args) {
        // An emission that comes too late finds nothing.
        if (signal_) signal_->slot().clear();
        const Work work = std::move(work_);
        boost::asio::dispatch(boost::asio::append(std::move(handler_), std::move(args)...));
    }

  private:
    Handler handler_;
    Strand strand_;
    Work work_;
    std::shared_ptr<boost::asio::cancellation_signal> signal_;
};

} // namespace mde::inline MDE_ABI::detail

#endif
