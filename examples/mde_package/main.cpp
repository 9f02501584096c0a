// SPDX-License-Identifier: BSL-1.0
// mde-package: gets investigation packages, and shows how the SDK is used. The process is set up
// here; what a command does is in client.cpp, serve.cpp and demo.cpp.

#include "command_line.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "usage_error.hpp"

#include <mde/base/printable.hpp>

#include <boost/asio/io_context.hpp>

#include <csignal>
#include <exception>
#include <optional>
#include <utility>

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

bool is_writable(int descriptor) noexcept {
    const int flags = ::fcntl(descriptor, F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

int dispatch(Stage& stage, Options options) {
    switch (options.command) {
    case Command::serve: return run_serve(stage, options);
    case Command::demo: return run_demo(stage, options);
    case Command::verify: return run_verify(stage, options);
    default: return run_client(stage, std::move(options));
    }
}

int run(int argc, char** argv) {
    Output out(STDOUT_FILENO);
    Output error(STDERR_FILENO);
    try {
        std::optional<Options> options = parse_command_line(argc, argv, out);
        int code = exits::success;
        if (options) {
            // Before anything is asked of the service: nobody would learn what came of it.
            if (!is_writable(STDOUT_FILENO)) {
                error.line("mde-package: standard output is closed; connect it to something");
                return exits::other;
            }
            boost::asio::io_context context(1);
            StopSignals stop(context);
            Progress progress(options->quiet);
            Stage stage{context, stop, out, progress};
            code = dispatch(stage, std::move(*options));
            progress.clear();
            end_soon(out.ok() ? code : exits::other);
        }
        if (out.ok()) return code;
        error.line("mde-package: standard output could not be written; see where it leads");
        return code == exits::success ? exits::other : code;
    } catch (const UsageError& wrong) {
        error.line(usage_line(wrong.what()));
        return exits::usage;
    } catch (const std::exception& wrong) {
        error.line("mde-package: " + mde::printable_message(wrong.what(), 200) + "; report it");
        return exits::other;
    }
}

} // namespace

void show_error(Stage& stage, std::string_view line) {
    stage.progress.clear();
    Output(STDERR_FILENO).line(line);
}

} // namespace mde_package

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    mde_package::forbid_core_dumps();
    mde_package::occupy_standard_descriptors();
    return mde_package::run(argc, argv);
}
