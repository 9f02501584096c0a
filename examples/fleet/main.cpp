// SPDX-License-Identifier: BSL-1.0
// mde-fleet: many processes, many tenants, one Redis. The command line is read here.

#include "fleet/options.hpp"
#include "fleet/supervisor.hpp"
#include "fleet/worker.hpp"
#include "mde_package/cli_options.hpp"
#include "mde_package/exit_codes.hpp"
#include "mde_package/output.hpp"
#include "mde_package/process.hpp"
#include "mde_package/readers.hpp"
#include "mde_package/stop_signals.hpp"
#include "mde_package/usage_error.hpp"

#include <mde/base/printable.hpp>

#include <boost/asio/io_context.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

namespace fleet {

namespace {

using mde_package::add;
using mde_package::add_seconds;
using mde_package::add_text;
using mde_package::refuse;
using Command = Options::Command;

CLI::App& add_command(CLI::App& app, Options& options, Command command, const std::string& name,
                      const std::string& help) {
    CLI::App& added = *app.add_subcommand(name, help);
    added.parse_complete_callback([&options, command] { options.command = command; });
    add_text(added, "--redis", options.redis, "HOST:PORT|PATH",
             "The server, with its password in REDISCLI_AUTH (default: 127.0.0.1:6379)");
    add_text(added, "--queue", options.queue, "NAME", "Whose jobs (default: fleet)");
    add_text(added, "--out", options.out, "DIR",
             "Packages go to DIR/TENANT, the same for all workers")
        ->required();
    return added;
}

void add_number(CLI::App& app, const std::string& name, unsigned& into, unsigned most,
                const std::string& help) {
    add(app, name, "N", help, [&into, most](const auto& option, const auto& text) {
        into = static_cast<unsigned>(mde_package::read_number(option, text, 1, most));
    });
}

void add_work_options(CLI::App& app, Options& options) {
    app.add_option("--tenant", options.tenant_files,
                   "What `mde-package serve --json` prints, or a JSON object with tenantId and "
                   "clientId; may be given again")
        ->type_name("FILE")
        ->required();
    add_number(app, "--jobs", options.jobs, 1000, "Jobs that a worker has at once (default: 16)");
    add_seconds(app, "--lease", options.lease,
                "A job of a worker that died is taken over after this (default: 30)");
    add_seconds(app, "--poll-interval", options.poll,
                "Between two looks at a collection, at first (default: 10)");
    add_seconds(app, "--quota-minute", options.quota_minute,
                "How long a minute of the quotas lasts (default: 60)");
    add_seconds(app, "--quota-margin", options.quota_margin,
                "How much longer it is counted, since requests take their time (default: 1.5)");
}

void describe(CLI::App& app, Options& options) {
    app.require_subcommand(1);
    CLI::App& run = add_command(app, options, Command::run, "run",
                                "Add jobs, start workers, and wait until all jobs are over");
    add_text(run, "--machines-file", options.machines_file, "FILE", "Lines of TENANT MACHINE")
        ->required();
    add_text(run, "--comment", options.comment, "TEXT", "Of every collection")->required();
    add_number(run, "--workers", options.workers, 256, "Processes to start (default: 4)");
    run.add_flag("--json", options.json, "Write the results as JSON, one object a line");
    add_work_options(run, options);
    CLI::App& work = add_command(app, options, Command::work, "work",
                                 "Be one worker: here, or on another machine with the same --out");
    add_text(work, "--name", options.name, "NAME", "Who has a job")->required();
    work.add_option("--parent", options.parent, "")->group("");
    add_work_options(work, options);
    CLI::App& show = add_command(app, options, Command::show, "show",
                                 "Show how far all are, and the results so far");
    show.add_flag("--json", options.json, "Write the results as JSON, one object a line");
    app.footer("Exit code 0: every job has its package, and each is what its receipt says.\n"
               "The application's secret is in AZURE_CLIENT_SECRET.");
}

/// False if there is nothing to do but what was printed.
bool parse(int argc, char** argv, Options& options, mde_package::Output& out) {
    CLI::App app("Gets investigation packages of many tenants with many processes.");
    app.name("mde-fleet");
    describe(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        out.write(chosen.empty() ? app.help() : chosen.front()->help());
        return false;
    } catch (const CLI::ParseError& error) {
        throw mde_package::UsageError(error.what());
    }
    return true;
}

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

RedisAddress address_of(const Options& options) {
    RedisAddress address;
    address.password = mde::Secret(variable("REDISCLI_AUTH"));
    if (options.redis.starts_with('/')) {
        address.path = options.redis;
        return address;
    }
    auto host = mde_package::read_host_and_port("--redis", options.redis);
    address.host = std::move(host.host);
    address.port = host.port;
    return address;
}

std::string seconds_text(mde::Duration span) {
    return std::to_string(std::chrono::duration<double>(span).count());
}

/// The options of the workers that `run` starts.
std::vector<std::string> worker_words(const Options& options) {
    std::vector<std::string> words{"work",        "--redis", options.redis, "--queue",
                                   options.queue, "--out",   options.out};
    for (const std::string& file : options.tenant_files)
        words.insert(words.end(), {"--tenant", file});
    words.insert(words.end(), {"--jobs", std::to_string(options.jobs)});
    for (const auto& [name, span] :
         {std::pair("--lease", options.lease), std::pair("--poll-interval", options.poll),
          std::pair("--quota-minute", options.quota_minute),
          std::pair("--quota-margin", options.quota_margin)})
        words.insert(words.end(), {name, seconds_text(span)});
    return words;
}

/// One that was started by `run` does not outlive it.
void end_with(int parent) {
#if defined(__linux__)
    if (parent == 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) std::exit(mde_package::exits::terminated);
#else
    static_cast<void>(parent);
#endif
}

void make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) refuse("--out", "cannot be made");
}

int dispatch(const Options& options, mde_package::Output& out) {
    boost::asio::io_context context(1);
    mde_package::StopSignals stop(context);
    if (options.command == Command::show) return show_queue(options, address_of(options), out);
    make_directory(options.out);
    // Read before anything is begun, by the parent too: a mistake is told once.
    std::vector<Site> sites;
    for (const std::string& file : options.tenant_files) sites.push_back(read_site(file));
    const mde::Secret secret(variable("AZURE_CLIENT_SECRET"));
    if (secret.empty()) throw mde_package::UsageError("AZURE_CLIENT_SECRET is not set");
    if (options.command == Command::run)
        return run_supervisor(options, worker_words(options), address_of(options), out);
    end_with(options.parent);
    return run_worker(context, stop, options, std::move(sites), address_of(options), secret);
}

int run(int argc, char** argv) {
    mde_package::Output out(STDOUT_FILENO);
    mde_package::Output error(STDERR_FILENO);
    try {
        Options options;
        if (!parse(argc, argv, options, out)) return mde_package::exits::success;
        const int code = dispatch(options, out);
        return out.ok() ? code : mde_package::exits::other;
    } catch (const mde_package::UsageError& wrong) {
        error.line("mde-fleet: " + mde::printable_message(wrong.what(), 200) + "; see --help");
        return mde_package::exits::usage;
    } catch (const std::exception& wrong) {
        error.line("mde-fleet: " + mde::printable_message(wrong.what(), 200) + "; report it");
        return mde_package::exits::other;
    }
}

} // namespace

} // namespace fleet

int main(int argc, char** argv) {
    mde_package::set_up_process();
    return fleet::run(argc, argv);
}
