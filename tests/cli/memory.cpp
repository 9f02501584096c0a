// SPDX-License-Identifier: BSL-1.0
// What others on this machine can see of mde-package's secrets: in its image when it ends, in its
// environment and arguments while it runs, in a core dump if it is killed.
#include "cli/relay.hpp"
#include "cli/server.hpp"
#include "support/process_memory.hpp"

#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace mde_test;

namespace {

const std::string proxy_password = "pr0xy-pass.of-a-test";

/// The leak check of a sanitized program looks into it as a debugger does, so that it has to let
/// debuggers in, and may be dumped where its starter wants that.
#if defined(__has_feature)
#define MDE_TEST_HAS(feature) __has_feature(feature)
#else
#define MDE_TEST_HAS(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || MDE_TEST_HAS(address_sanitizer)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

/// The token that a cache holds.
std::string token_in(const std::string& cache) {
    REQUIRE(names_in(cache).size() == 1);
    const std::string text = contents_of(cache + '/' + *names_in(cache).begin());
    const std::string name = R"("accessToken":")";
    const std::size_t begin = text.find(name) + name.size();
    return text.substr(begin, text.find('"', begin) - begin);
}

/// A process that is traced, and stops when it is about to go: after its last destructor.
class Traced {
  public:
    explicit Traced(const Words& arguments, const std::vector<std::string>& environment)
        : process_(::fork()) {
        if (process_ == 0) become(arguments, environment);
        int status = 0;
        ::waitpid(process_, &status, 0);
        REQUIRE(WIFSTOPPED(status));
        REQUIRE(::ptrace(PTRACE_SETOPTIONS, process_, nullptr,
                         PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) == 0);
    }
    Traced(const Traced&) = delete;
    ~Traced() {
        if (process_ < 0) return;
        ::kill(process_, SIGKILL);
        // One that has stopped on its way out goes on only if it is told.
        ::ptrace(PTRACE_CONT, process_, nullptr, nullptr);
        for (int status = 0; ::waitpid(process_, &status, 0) == process_;)
            if (WIFEXITED(status) || WIFSIGNALED(status)) break;
    }

    ::pid_t id() const noexcept { return process_; }

    /// From now on it runs by itself, and may dump its memory as far as its starter allows.
    void let_go() const {
        const ::rlimit all{RLIM_INFINITY, RLIM_INFINITY};
        ::prlimit(process_, RLIMIT_CORE, &all, nullptr);
        REQUIRE(::ptrace(PTRACE_DETACH, process_, nullptr, nullptr) == 0);
    }

    /// What waitpid(2) says of the end of one that was let go.
    int wait_for_end() {
        int status = 0;
        REQUIRE(::waitpid(std::exchange(process_, -1), &status, 0) > 0);
        return status;
    }

    /// The exit status of a process that is about to end.
    int run_to_its_end() const {
        for (int signal = 0;;) {
            ::ptrace(PTRACE_CONT, process_, nullptr, signal);
            int status = 0;
            if (::waitpid(process_, &status, 0) != process_) return -1;
            if (!WIFSTOPPED(status)) return -1;
            if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8))) break;
            signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
        }
        unsigned long status = 0;
        ::ptrace(PTRACE_GETEVENTMSG, process_, nullptr, &status);
        return WEXITSTATUS(static_cast<int>(status));
    }

  private:
    [[noreturn]] static void become(Words arguments, std::vector<std::string> variables) {
        arguments.insert(arguments.begin(), MDE_PACKAGE_PATH);
        std::vector<char*> argv;
        for (std::string& word : arguments) argv.push_back(word.data());
        argv.push_back(nullptr);
        std::vector<char*> envp;
        for (std::string& variable : variables) envp.push_back(variable.data());
        envp.push_back(nullptr);
        const int nowhere = ::open("/dev/null", O_RDWR);
        ::dup2(nowhere, 1);
        ::dup2(nowhere, 2);
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::execve(argv.front(), argv.data(), envp.data());
        ::_exit(127);
    }

    ::pid_t process_;
};

/// The text of a file of a process, zeros as line breaks.
std::string seen_in_proc(::pid_t process, const std::string& name) {
    std::string text = contents_of("/proc/" + std::to_string(process) + '/' + name);
    std::replace(text.begin(), text.end(), '\0', '\n');
    return text;
}

} // namespace

TEST_CASE("no secret is in the image of the process when it ends") {
    const Server server;
    const TemporaryDirectory directory;
    const TemporaryDirectory tokens;
    Words words = Words{"fetch",
                        "--action-id",
                        std::string(finished_action),
                        "--out",
                        directory.path(),
                        "--proxy",
                        "http://user:" + proxy_password + "@127.0.0.1:9"} +
                  server.access() + Words{"--token-cache", tokens.file("cache")};
    // The search for leaks traces the process itself.
    Words variables{"PATH=/usr/bin:/bin", "ASAN_OPTIONS=detect_leaks=0", "NO_PROXY=127.0.0.1"};
    if (is_sanitized) {
        // A sanitizer keeps a copy of the environment to itself.
        tokens.write("secret", std::string(client_secret));
        words = words + Words{"--client-secret-file", tokens.file("secret")};
    } else {
        variables.push_back("AZURE_CLIENT_SECRET=" + std::string(client_secret));
    }
    const Traced traced(words, variables);
    REQUIRE(traced.run_to_its_end() == 0);
    REQUIRE(names_in(directory.path()).size() == 2);
    const ProcessMemory memory(traced.id());
    // Nobody but the administrator can read it at all.
    CHECK(memory.is_readable() == (::geteuid() == 0 || is_sanitized));
    if (!memory.is_readable()) return;
    const std::string token = token_in(tokens.file("cache"));
    REQUIRE(token.size() > 100);
    const auto left = memory.find({{"client secret", std::string(client_secret)},
                                   {"proxy password", proxy_password},
                                   {"token", token.substr(token.size() - 40)},
                                   // Its beginning is in all links, and together nowhere else.
                                   {"link", "Package.zip?token="}});
    std::string listed;
    for (const std::string& one : left) listed += "\n  " + one;
    CHECK_MESSAGE(left.empty(), listed);
}

TEST_CASE("neither the environment nor the arguments of the process show a secret") {
    Relay relay(0, Relay::After::stall);
    const Server server;
    relay.begin(server.port);
    const TemporaryDirectory directory;
    Setting setting;
    setting.environment = {"MY_SECRET=" + std::string(client_secret),
                           "HTTPS_PROXY=http://user:" + proxy_password + "@127.0.0.1:9"};
    Program program(Words{"fetch", "--action-id", std::string(finished_action), "--out",
                          directory.path(), "--client-secret-env", "MY_SECRET", "--proxy",
                          "http://user:" + proxy_password + '@' + relay.host()} +
                        server.access(),
                    setting);
    // It has connected, and nothing comes back.
    REQUIRE(program.wait_for([&] { return relay.reached(); }));
    const std::string environment = seen_in_proc(program.id(), "environ");
    const std::string arguments = seen_in_proc(program.id(), "cmdline");
    for (const std::string& seen : {environment, arguments}) {
        CHECK_FALSE(has(seen, client_secret));
        CHECK_FALSE(has(seen, proxy_password));
    }
    // What is no secret stays.
    CHECK(has(arguments, "@" + relay.host()));
    if (::geteuid() == 0) CHECK(has(environment, "MY_SECRET="));
    program.signal(SIGKILL);
    CHECK(program.wait() == -SIGKILL);
}

TEST_CASE("a process that is killed by an abort leaves no core dump") {
    Relay relay(0, Relay::After::stall);
    const Server server;
    relay.begin(server.port);
    Traced traced(Words{"status", "--action-id", std::string(finished_action), "--proxy",
                        "http://" + relay.host()} +
                      server.access(),
                  {"PATH=/usr/bin:/bin", "AZURE_CLIENT_SECRET=" + std::string(client_secret)});
    traced.let_go();
    REQUIRE(eventually([&] { return relay.reached(); }));
    ::kill(traced.id(), SIGABRT);
    const int status = traced.wait_for_end();
    CHECK(WIFSIGNALED(status));
    CHECK((is_sanitized || !WCOREDUMP(status)));
}
