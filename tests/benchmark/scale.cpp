// SPDX-License-Identifier: BSL-1.0
// Many operations on one thread, and the memory of each.
//
//   scale watch CA-FILE PORT COUNT UNFINISHED FINISHED
//   scale downloads CA-FILE PORT TARGET DIRECTORY COUNT
//
// The first watches as many actions; when all of them wait, the file FINISHED gets the name
// UNFINISHED, which is what the server serves, and all of them must end well. The second downloads
// the same package as often, all at once, from a server that takes its time.
//
// The heap is asked, so OpenSSL's share is counted too. Sockets and files of the kernel are not.
#include "client.hpp"

#include <boost/asio/steady_timer.hpp>

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

using namespace mde_benchmark;

namespace {

double heap() {
    const auto info = ::mallinfo2();
    return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
}

/// The ids of as many actions as one likes.
mde::MachineActionId action(long number) {
    std::array<char, 37> text{};
    std::snprintf(text.data(), text.size(), "7327b54f-d718-525c-bca0-%012lx", number);
    return *mde::MachineActionId::parse(text.data());
}

/// Counts the operations that wait for their next look.
struct WaitCounter {
    long* waiting;
    void (*next)(void*);
    void* user;

    void notify(const mde::ObserverEvent& event) {
        const auto* wait = std::get_if<mde::observed::Waiting>(&event);
        if (wait == nullptr || wait->reason != mde::WaitReason::poll) return;
        ++*waiting;
        next(user);
    }
};

/// Watches begin one after the other, with a few looks in flight at each time: that many at once
/// would be a storm on any service. So do their second looks, since each waits as long.
struct Watches {
    using Watcher = BasicClient<WaitCounter>;

    Watches(const std::string& port, Transport& transport)
        : client(patient(settings(port)), transport, token(), {}, {},
                 WaitCounter{&waiting, [](void* user) { static_cast<Watches*>(user)->start(); },
                             this}) {}

    static mde::Settings patient(mde::Settings made) {
        made.poll.first = made.poll.most = std::chrono::seconds(20);
        return made;
    }

    void start() {
        if (begun == wanted) return;
        client.async_await_action(action(begun++), [&](mde::error_code ec, mde::MachineAction) {
            if (ec) fail("a watch ended: " + ec.message());
            ++done;
        });
    }

    /// Until so many in all are being watched and wait.
    void run_to(long count, boost::asio::io_context& context) {
        wanted = count;
        for (int i = 0; i < 16; ++i) start();
        while (waiting < wanted) context.run_one();
        context.poll();
        if (waiting != wanted || done != 0) fail("the machine is too slow for that many");
    }

    long wanted = 0;
    long begun = 0;
    long waiting = 0;
    long done = 0;
    Watcher client;
};

int watch(const char* authority, const std::string& port, long count, const char* unfinished,
          const char* finished) {
    boost::asio::io_context context(1);
    Transport transport(context, trust(authority));
    Watches watches(port, transport);
    // A hundred first, so that connections and tables are there already.
    constexpr long first = 100;
    watches.run_to(first, context);
    const double before = heap();
    watches.run_to(first + count, context);
    const double each = (heap() - before) / static_cast<double>(count) / 1024;
    if (std::rename(finished, unfinished) != 0) fail("no finished action");
    context.run();
    if (watches.done != first + count) fail("not all watches ended");
    std::printf("| a watched action, %ld at once, all ended well | %.2f KiB | <= 4 KiB: %s |\n",
                count, each, each <= 4 ? "met" : "MISSED");
    return 0;
}

int downloads(const char* authority, const std::string& port, const std::string& target,
              const char* directory, long count) {
    boost::asio::io_context context(1);
    Transport transport(context, trust(authority));
    Client sdk = client(port, transport);
    auto store = mde::FileStore::in(directory);
    if (!store) fail(store.error().message());
    const double before = heap();
    double most = 0;
    long done = 0;
    boost::asio::steady_timer timer(context);
    const auto begin = std::chrono::steady_clock::now();
    auto look = [&](auto& self) -> void {
        most = (std::max)(most, heap());
        if (done == count) return;
        timer.expires_after(std::chrono::milliseconds(5));
        timer.async_wait([&](mde::error_code) { self(self); });
    };
    look(look);
    for (long i = 0; i < count; ++i) {
        auto link = mde::wire::adopt_link(mde::Secret("https://127.0.0.1:" + port + target),
                                          mde::SystemClock().now());
        if (!link) fail(link.error().message());
        sdk.async_download(std::move(*link), mde::PackageKey(action(i)), *store,
                           [&](mde::error_code ec, mde::Receipt) {
                               if (ec) fail(ec.message());
                               ++done;
                           });
    }
    context.run();
    if (done != count) fail("not all downloads ended");
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    std::printf("| a small download, %ld at once, all in %.1f s | %.1f KiB | |\n", count,
                taken.count(), (most - before) / static_cast<double>(count) / 1024);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "watch" && argc == 7)
        return watch(argv[2], argv[3], std::strtol(argv[4], nullptr, 10), argv[5], argv[6]);
    if (what == "downloads" && argc == 7)
        return downloads(argv[2], argv[3], argv[4], argv[5], std::strtol(argv[6], nullptr, 10));
    fail("watch|downloads CA-FILE PORT ...");
}
