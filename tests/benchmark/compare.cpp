// SPDX-License-Identifier: BSL-1.0
// Runs peers in turn, each as processes of its own, and prints the medians as rows of a table.
//
//   compare RUNS COUNT SCRATCH [YARDSTICK] -- NAME BAR COMMAND... [+ COMMAND...] [-- NAME BAR ...]
//
// The first peer is the one that the others are compared with. BAR is `cpu<=X` (what its CPU time
// may be of this peer's), `peak<=X` (what this peer may take of memory, in MiB) or `-`. COUNT is
// the number of calls that one run makes: times are told per call if it is not 1. YARDSTICK is the
// number of another peer: what it takes of the others is told too. SCRATCH is a directory that is
// emptied before each run, outside of what is measured.
//
//   compare zip BYTES FILE    makes a sparse zip file of that size
//   compare port              prints a port of loopback that is free at this moment
//
// This program stays small: a child's peak of memory begins with that of whoever started it.
#include "benchmark/median.hpp"

#include <netinet/in.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

extern char** environ;

namespace {

struct Usage {
    double cpu = 0;
    double wall = 0;
    double peak_mib = 0;
};

using Command = std::vector<char*>;

/// What has to hold; nothing if `kind` is empty.
struct Bar {
    std::string kind;
    double most = 0;
};

struct Peer {
    std::string name;
    Bar bar;
    std::vector<Command> commands;
    std::vector<Usage> runs;
};

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "compare: %s\n", what.c_str());
    std::exit(1);
}

double seconds(const ::timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// Runs one process to its end; its output is dropped.
void run(const Command& command, Usage& usage) {
    ::posix_spawn_file_actions_t files{};
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", 1, 0);
    ::pid_t child = 0;
    const auto begin = std::chrono::steady_clock::now();
    if (::posix_spawnp(&child, command[0], &files, nullptr, command.data(), environ) != 0)
        fail(std::string("cannot run ") + command[0]);
    int status = 0;
    ::rusage used{};
    if (::wait4(child, &status, 0, &used) != child) fail("cannot wait");
    const auto end = std::chrono::steady_clock::now();
    ::posix_spawn_file_actions_destroy(&files);
    if (status != 0) fail(std::string("failed: ") + command[0] + " " + command[1]);
    usage.cpu += seconds(used.ru_utime) + seconds(used.ru_stime);
    usage.wall += std::chrono::duration<double>(end - begin).count();
    usage.peak_mib = std::max(usage.peak_mib, static_cast<double>(used.ru_maxrss) / 1024);
}

void empty(const char* directory) {
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        std::filesystem::remove_all(entry.path());
}

/// Median, least and most of something.
struct Spread {
    explicit Spread(const std::vector<double>& values)
        : middle(median(values)),
          least(*std::min_element(values.begin(), values.end())),
          most(*std::max_element(values.begin(), values.end())) {}

    double middle;
    double least;
    double most;
};

Spread of(const Peer& peer, double Usage::*what, double unit = 1) {
    std::vector<double> values;
    for (const Usage& one : peer.runs) values.push_back(one.*what * unit);
    return Spread(values);
}

/// What one peer takes of another: by the medians, least and most in a single round.
Spread ratio(const Peer& one, const Peer& other, double Usage::*what) {
    std::vector<double> values;
    for (std::size_t i = 0; i < one.runs.size(); ++i)
        values.push_back(one.runs[i].*what / (other.runs[i].*what));
    Spread spread(values);
    spread.middle = of(one, what).middle / of(other, what).middle;
    return spread;
}

Bar read_bar(const std::string& text) {
    if (text == "-") return {};
    const std::size_t at = text.find("<=");
    Bar bar{text.substr(0, at), 0};
    if (at == std::string::npos || (bar.kind != "cpu" && bar.kind != "peak"))
        fail("not a bar: " + text);
    bar.most = std::strtod(text.c_str() + at + 2, nullptr);
    return bar;
}

std::vector<Peer> read_peers(int argc, char** argv) {
    std::vector<Peer> peers;
    for (int i = 0; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--") {
            if (i + 3 >= argc) fail("a peer is a name, a bar and a command");
            peers.push_back({argv[i + 1], read_bar(argv[i + 2]), {{}}, {}});
            i += 2;
        } else if (peers.empty()) {
            fail("no peer before a command");
        } else if (std::string_view(argv[i]) == "+") {
            peers.back().commands.push_back({});
        } else {
            peers.back().commands.back().push_back(argv[i]);
        }
    }
    for (Peer& peer : peers)
        for (Command& command : peer.commands) command.push_back(nullptr);
    return peers;
}

void print_spread(const Spread& spread, int digits) {
    std::printf(" %.*f (%.*f - %.*f) |", digits, spread.middle, digits, spread.least, digits,
                spread.most);
}

void print_bar(const Peer& ours, const Peer& peer) {
    if (peer.bar.kind.empty()) {
        std::printf(" |\n");
        return;
    }
    const double value = peer.bar.kind == "cpu" ? ratio(ours, peer, &Usage::cpu).middle
                                                : of(peer, &Usage::peak_mib).most;
    std::printf(" %s <= %.2f: %s |\n", peer.bar.kind == "cpu" ? "CPU" : "peak", peer.bar.most,
                value <= peer.bar.most ? "met" : "MISSED");
}

/// Medians, with least and most of the rounds behind them; what the first peer takes of each, and
/// what the yardstick takes.
void print(const std::vector<Peer>& peers, double count, std::size_t yardstick) {
    const bool per_call = count != 1;
    const double unit = per_call ? 1e6 / count : 1e3;
    const char* name = per_call ? "us a call" : "ms";
    std::printf("| | CPU %s | wall %s | peak MiB | CPU of ours / its | wall |%s bar |\n"
                "|---|---|---|---|---|---|%s---|\n",
                name, name, yardstick != 0 ? " CPU of the yardstick / its |" : "",
                yardstick != 0 ? "---|" : "");
    const Peer& ours = peers.front();
    for (const Peer& peer : peers) {
        std::printf("| %s |", peer.name.c_str());
        print_spread(of(peer, &Usage::cpu, unit), 1);
        std::printf(" %.1f | %.1f |", of(peer, &Usage::wall, unit).middle,
                    of(peer, &Usage::peak_mib).most);
        // A peer with a bar for memory does other work.
        if (&peer == &ours || peer.bar.kind == "peak") {
            std::printf(" - | - |%s", yardstick != 0 ? " - |" : "");
        } else {
            print_spread(ratio(ours, peer, &Usage::cpu), 2);
            std::printf(" %.2f |", ratio(ours, peer, &Usage::wall).middle);
            if (yardstick != 0)
                std::printf(" %.2f |", ratio(peers[yardstick - 1], peer, &Usage::cpu).middle);
        }
        print_bar(ours, peer);
    }
    std::printf("\n");
    std::fflush(stdout);
}

int compare(int argc, char** argv) {
    if (argc < 5) fail("RUNS COUNT SCRATCH [YARDSTICK] -- NAME BAR COMMAND...");
    const long runs = std::strtol(argv[1], nullptr, 10);
    const double count = std::strtod(argv[2], nullptr);
    const bool has_yardstick = std::string_view(argv[4]) != "--";
    const std::size_t yardstick = has_yardstick ? std::strtoul(argv[4], nullptr, 10) : 0;
    const int begin = has_yardstick ? 5 : 4;
    std::vector<Peer> peers = read_peers(argc - begin, argv + begin);
    if (runs < 1 || peers.empty() || yardstick > peers.size()) fail("nothing to compare");
    // One round more, which warms up and is not counted.
    for (long round = 0; round <= runs; ++round) {
        for (Peer& peer : peers) {
            empty(argv[3]);
            Usage usage;
            for (const Command& command : peer.commands) run(command, usage);
            if (round != 0) peer.runs.push_back(usage);
        }
    }
    empty(argv[3]);
    print(peers, count, yardstick);
    return 0;
}

void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

/// Begins like a file in a zip and ends with the records of an empty directory, zip64 among them.
int make_zip(std::uint64_t size, const char* path) {
    const std::uint64_t directory = size - (56 + 20 + 22);
    std::string tail;
    put(tail, 0x06064b50, 4);
    put(tail, 44, 8);
    put(tail, 45 | 45u << 16, 4);
    put(tail, 0, 8);
    put(tail, 0, 8);
    put(tail, 0, 8);
    put(tail, 0, 8);
    put(tail, directory, 8);
    put(tail, 0x07064b50, 4);
    put(tail, 0, 4);
    put(tail, directory, 8);
    put(tail, 1, 4);
    put(tail, 0x06054b50, 4);
    put(tail, 0, 8);
    put(tail, 0xffffffff, 4);
    put(tail, 0xffffffff, 4);
    put(tail, 0, 2);
    std::FILE* file = std::fopen(path, "wb");
    if (file == nullptr || std::fwrite("PK\3\4", 1, 4, file) != 4 ||
        std::fseek(file, static_cast<long>(directory), SEEK_SET) != 0 ||
        std::fwrite(tail.data(), 1, tail.size(), file) != tail.size() || std::fclose(file) != 0)
        fail("cannot write the zip");
    return 0;
}

int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<::sockaddr*>(&address);
    if (::bind(socket, generic, size) != 0 || ::getsockname(socket, generic, &size) != 0)
        fail("no port");
    std::printf("%u\n", unsigned(ntohs(address.sin_port)));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "zip" && argc == 4) return make_zip(std::strtoull(argv[2], nullptr, 10), argv[3]);
    if (what == "port") return free_port();
    return compare(argc, argv);
}
