// SPDX-License-Identifier: BSL-1.0
// mde-package: gets investigation packages, and shows how the SDK is used. The process is set up
// here; what a command does is in client.cpp, serve.cpp and demo.cpp.

#include "command_line.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "process.hpp"
#include "usage_error.hpp"

#include <mde/base/printable.hpp>

#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace mde_package {

namespace {

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
    mde_package::set_up_process();
    return mde_package::run(argc, argv);
}
