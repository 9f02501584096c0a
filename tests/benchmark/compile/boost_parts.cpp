// SPDX-License-Identifier: BSL-1.0
// The Boost headers that mde/mde.hpp must have, and no more: each is needed by what the public
// interface promises, whoever writes it. What the umbrella is compared with.

// Every function without I/O returns one.
#include <boost/system/result.hpp>

// Answers are parsed by events and written from values (wire/json.hpp).
#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>

// Initiating functions take every completion token, keep to the associated executor and allocator,
// and can be cancelled.
#include <boost/asio/append.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>

// A credential keeps those who wait for one sign-in, a flow waits, a fleet has a strand.
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

int main() {}
