// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_TERMINAL_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_TERMINAL_HPP

/// @file
/// The terminal that progress is drawn on.

#include <cstddef>

#include <sys/ioctl.h>
#include <unistd.h>

namespace mde_package {

/// Of the one behind standard error; 80 columns and 24 rows if that is none.
inline std::size_t terminal_width() {
    struct ::winsize size {};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

inline std::size_t terminal_height() {
    struct ::winsize size {};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return 24;
    return size.ws_row;
}

} // namespace mde_package

#endif
