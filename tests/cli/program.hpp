// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_CLI_PROGRAM_HPP
#define MDE_TESTS_CLI_PROGRAM_HPP

/// @file
/// Starts a program, mde-package if no other is asked for, and listens to what it says.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mde_test {

/// The client secret of every test. Nothing that any process writes may hold it.
inline constexpr std::string_view client_secret = "Zq8~cli.secret-5uPer+h1dden/value=";
inline constexpr std::string_view wrong_secret = "Wr0ng~cli.secret-n0body/knows=";
/// What a cluster is supposed to have put into a file.
inline constexpr std::string_view federated_token = "federated.cli.token-5uPer/h1dden";

/// What must be in no output: the secrets in use, tokens, links.
inline void check_for_secrets(std::string_view text) {
    for (const std::string_view secret :
         {client_secret, wrong_secret, federated_token, std::string_view("PRIVATE KEY"),
          std::string_view("token="), std::string_view("Bearer "), std::string_view("eyJ"),
          std::string_view("mde-blobs/"), std::string_view("WDATP_Investigation_Package")}) {
        INFO("in: ", std::string(text));
        CHECK_MESSAGE(text.find(secret) == std::string_view::npos, std::string(secret));
    }
}

/// How a process is started, beside its arguments.
struct Setting {
    std::string program = MDE_PACKAGE_PATH;
    std::vector<std::string> environment{};
    /// Largest file it may write, in blocks of 512 bytes.
    std::optional<unsigned> file_blocks{};
    enum class Stdout {
        captured,
        closed,
        full,
    };
    Stdout out = Stdout::captured;
};

/// Asks again and again until it is so. False if that takes far longer than anything should.
inline bool eventually(const std::function<bool()>& is_so);

/// A process. It is killed, if it still runs, when the object goes.
class Program {
  public:
    using Clock = std::chrono::steady_clock;
    /// Far more than anything takes, also under a sanitizer; nothing waits for it in vain.
    static constexpr std::chrono::seconds patience{60};

    explicit Program(std::vector<std::string> arguments, const Setting& setting = {}) {
        Pipe out_pipe;
        Pipe error_pipe;
        start(command(std::move(arguments), setting), environment(setting), setting.out, out_pipe,
              error_pipe);
        out_ = out_pipe.keep_reading();
        error_ = error_pipe.keep_reading();
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() {
        if (!has_ended()) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        ::close(out_);
        ::close(error_);
    }

    /// Reads on until `done` says so. False if the process closed its outputs, or time ran out.
    bool read_until(const std::function<bool()>& done) {
        const auto end = Clock::now() + patience;
        while (!done()) {
            if (!read_more(end)) return done();
        }
        return true;
    }

    /// Waits for something elsewhere to happen, without reading. False if the process came to its
    /// end before, or time ran out.
    bool wait_for(const std::function<bool()>& moment) {
        bool is_so = false;
        eventually([&] { return (is_so = moment()) || has_ended(); });
        return is_so;
    }

    /// The first line on standard output.
    std::string first_line() {
        read_until([this] { return out.find('\n') != std::string::npos; });
        return out.substr(0, out.find('\n'));
    }

    void signal(int number) const { ::kill(process_, number); }
    ::pid_t id() const noexcept { return process_; }

    bool has_ended() {
        int raw = 0;
        if (!status_ && ::waitpid(process_, &raw, WNOHANG) != 0)
            status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : -WTERMSIG(raw);
        return status_.has_value();
    }

    /// Waits for the end: the exit status, or minus the number of the signal that killed it. What
    /// was written is checked for secrets.
    int wait() {
        if (waited_) return *status_;
        read_until([] { return false; });
        const auto end = Clock::now() + patience;
        while (!has_ended()) {
            if (Clock::now() > end) throw std::runtime_error("the process does not end: " + error);
            ::poll(nullptr, 0, 5);
        }
        waited_ = true;
        check_for_secrets(out);
        check_for_secrets(error);
        return *status_;
    }

    std::string out{};
    std::string error{};

  private:
    struct Pipe {
        Pipe() {
            if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        }
        Pipe(const Pipe&) = delete;
        Pipe& operator=(const Pipe&) = delete;
        ~Pipe() {
            for (const int end : ends)
                if (end >= 0) ::close(end);
        }
        int keep_reading() { return std::exchange(ends[0], -1); }
        std::array<int, 2> ends{};
    };

    /// A limit on files is set by a shell that then becomes the program.
    static std::vector<std::string> command(std::vector<std::string> arguments,
                                            const Setting& setting) {
        arguments.insert(arguments.begin(), setting.program);
        if (!setting.file_blocks) return arguments;
        const std::string script =
            "ulimit -f " + std::to_string(*setting.file_blocks) + "; exec \"$0\" \"$@\"";
        arguments.insert(arguments.begin(), {"/bin/sh", "-c", script});
        return arguments;
    }

    /// Nothing of the tester's own tenant or proxy.
    static std::vector<std::string> environment(const Setting& setting) {
        std::vector<std::string> environment = setting.environment;
        // What the test has set counts; a shell takes the last of two values, a program the first.
        const auto add = [&](const std::string& name, const char* value) {
            const bool is_set = std::any_of(
                environment.begin(), environment.end(),
                [&](const std::string& variable) { return variable.starts_with(name + '='); });
            if (value != nullptr && !is_set) environment.push_back(name + '=' + value);
        };
        add("PATH", "/usr/bin:/bin");
        add("LC_ALL", "C");
        // Where no file may grow, what the program has run cannot be written down either.
        if (setting.file_blocks) add("LLVM_PROFILE_FILE", "/dev/null");
        for (const char* name :
             {"TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"})
            add(name, std::getenv(name));
        return environment;
    }

    void start(std::vector<std::string> words, std::vector<std::string> variables,
               Setting::Stdout out_kind, const Pipe& out_pipe, const Pipe& error_pipe) {
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        std::vector<char*> envp;
        for (std::string& variable : variables) envp.push_back(variable.data());
        envp.push_back(nullptr);

        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&files, error_pipe.ends[1], 2);
        if (out_kind == Setting::Stdout::captured)
            ::posix_spawn_file_actions_adddup2(&files, out_pipe.ends[1], 1);
        if (out_kind == Setting::Stdout::closed) ::posix_spawn_file_actions_addclose(&files, 1);
        if (out_kind == Setting::Stdout::full)
            ::posix_spawn_file_actions_addopen(&files, 1, "/dev/full", O_WRONLY, 0);

        // Whoever runs the tests in the background ignores SIGINT, and that is inherited.
        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        ::sigset_t defaults;
        ::sigemptyset(&defaults);
        for (const int number : {SIGINT, SIGTERM, SIGPIPE}) ::sigaddset(&defaults, number);
        ::posix_spawnattr_setsigdefault(&attributes, &defaults);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        const int failure =
            ::posix_spawn(&process_, argv.front(), &files, &attributes, argv.data(), envp.data());
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&files);
        if (failure != 0) throw std::runtime_error(words.front() + " cannot be started");
    }

    /// False when both outputs have ended, or time ran out.
    bool read_more(Clock::time_point end) {
        std::array<::pollfd, 2> ends{
            {{out_ended_ ? -1 : out_, POLLIN, 0}, {error_ended_ ? -1 : error_, POLLIN, 0}}};
        if (out_ended_ && error_ended_) return false;
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        if (left <= 0 || ::poll(ends.data(), ends.size(), static_cast<int>(left)) <= 0)
            return false;
        if (ends[0].revents != 0) out_ended_ = !append(out_, out);
        if (ends[1].revents != 0) error_ended_ = !append(error_, error);
        return true;
    }

    static bool append(int from, std::string& to) {
        std::array<char, 4096> piece;
        const ::ssize_t size = ::read(from, piece.data(), piece.size());
        if (size <= 0) return false;
        to.append(piece.data(), static_cast<std::size_t>(size));
        return true;
    }

    ::pid_t process_ = -1;
    int out_ = -1;
    int error_ = -1;
    bool out_ended_ = false;
    bool error_ended_ = false;
    std::optional<int> status_;
    bool waited_ = false;
};

inline bool eventually(const std::function<bool()>& is_so) {
    const auto end = Program::Clock::now() + Program::patience;
    while (!is_so()) {
        if (Program::Clock::now() > end) return false;
        ::poll(nullptr, 0, 2);
    }
    return true;
}

/// A run from start to end.
struct Run {
    int status = 0;
    std::string out;
    std::string error;
};

inline Run run(std::vector<std::string> arguments, const Setting& setting = {}) {
    Program program(std::move(arguments), setting);
    const int status = program.wait();
    return {status, program.out, program.error};
}

/// The one line of an error, without its line break: fails if there is another.
inline std::string one_line(const Run& run) {
    INFO(run.error);
    CHECK(run.error.starts_with("mde-package: "));
    CHECK(std::count(run.error.begin(), run.error.end(), '\n') == 1);
    CHECK(run.error.ends_with('\n'));
    return run.error.substr(0, run.error.find('\n'));
}

inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace mde_test

#endif
