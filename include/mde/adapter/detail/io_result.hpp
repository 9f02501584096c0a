// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_IO_RESULT_HPP
#define MDE_ADAPTER_DETAIL_IO_RESULT_HPP

/// @file
/// How an attempt on a non-blocking stream ended.

#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>

#include <boost/asio/error.hpp>

#include <cstddef>

namespace mde::inline MDE_ABI::detail {

enum class IoState {
    done,
    want_read,
    want_write,
    /// The peer closed in the orderly way.
    closed,
    /// `error` says how.
    failed,
};

struct IoResult {
    IoState state = IoState::done;
    std::size_t size = 0;
    error_code error;
};

MDE_DECL bool is_would_block(const error_code& ec) noexcept;

#if MDE_DEFINITIONS

MDE_DECL bool is_would_block(const error_code& ec) noexcept {
    return ec == boost::asio::error::would_block || ec == boost::asio::error::try_again;
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
