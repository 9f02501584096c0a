// SPDX-License-Identifier: BSL-1.0
#include "process.hpp"

#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define MDE_PACKAGE_LEAK_CHECK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MDE_PACKAGE_LEAK_CHECK 1
#endif
#endif

namespace mde_package {

namespace {

/// Secrets are in this process: nobody gets an image of it.
void forbid_core_dumps() noexcept {
    const ::rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // The leak check at the end of sanitized builds looks into the process as a debugger does.
#if defined(__linux__) && !defined(MDE_PACKAGE_LEAK_CHECK)
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/// A file opened later must not become standard output by accident. What was closed stays unusable:
/// the stand-in is opened for the other direction.
void occupy_standard_descriptors() noexcept {
    for (int descriptor = 0; descriptor <= 2; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) < 0) {
            [[maybe_unused]] const int stand_in =
                ::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
        }
}

} // namespace

void set_up_process() noexcept {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    forbid_core_dumps();
    occupy_standard_descriptors();
}

} // namespace mde_package
