// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_STOP_SIGNALS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_STOP_SIGNALS_HPP

/// @file
/// SIGINT and SIGTERM: the running operation is cancelled, and the process ends in time.

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>

namespace mde_package {

/// The signal that asked us to stop; 0 if none did.
int stop_requested() noexcept;

/// The process ends with `exit_code` within two seconds, whatever destructors wait for: a name that
/// is being resolved cannot be called off.
void end_soon(int exit_code) noexcept;

/// From its construction on, the first SIGINT or SIGTERM cancels what is connected to `slot()`, on
/// the thread that runs the context, and the process ends four seconds later at the latest; a
/// second one ends it at once. `asio::signal_set` would not do: its handler runs only if the loop
/// does, and the clock has to start even if the loop hangs in a write to a terminal.
/// One object in a process.
class StopSignals {
  public:
    explicit StopSignals(boost::asio::io_context& context);
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    boost::asio::cancellation_slot slot() noexcept { return cancel_.slot(); }

  private:
    void watch();

    boost::asio::posix::stream_descriptor pipe_;
    boost::asio::cancellation_signal cancel_;
    std::array<char, 1> byte_{};
};

} // namespace mde_package

#endif
