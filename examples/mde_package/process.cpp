// SPDX-License-Identifier: BSL-1.0
#include "process.hpp"

#include <mde/base/secret.hpp>

#include <csignal>
#include <cstddef>
#include <string_view>

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

/// `NAME=VALUE`, of one of the variables that may hold a secret.
bool holds_secret(std::string_view variable, std::string_view more) noexcept {
    const std::string_view name = variable.substr(0, variable.find('='));
    if (!more.empty() && name == more) return true;
    for (const std::string_view known :
         {"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "HTTPS_PROXY", "https_proxy",
          "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"})
        if (name == known) return true;
    return false;
}

/// In `http://user:password@host` all in front of the host.
void forget_user(char* url) noexcept {
    const std::string_view text = url;
    const std::size_t at = text.rfind('@');
    const std::size_t scheme = text.find("://");
    if (at == std::string_view::npos) return;
    for (std::size_t i = scheme < at ? scheme + 3 : 0; i < at; ++i) url[i] = '*';
}

} // namespace

void forget_given_secrets(int argc, char** argv, std::string_view more) noexcept {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view variable = *entry;
        const std::size_t value = variable.find('=');
        if (value == std::string_view::npos || !holds_secret(variable, more)) continue;
        mde::wipe(*entry + value + 1, variable.size() - value - 1);
    }
    constexpr std::string_view option = "--proxy=";
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]).starts_with(option)) forget_user(argv[i] + option.size());
        if (std::string_view(argv[i - 1]) == "--proxy") forget_user(argv[i]);
    }
}

void set_up_process() noexcept {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    forbid_core_dumps();
    occupy_standard_descriptors();
}

} // namespace mde_package
