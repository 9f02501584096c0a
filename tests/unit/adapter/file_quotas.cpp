// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/file_quotas.hpp>

#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

constexpr QuotaKey links_of_app{"contoso.example", "app-1", Stage::get_link};
constexpr Quota two_a_minute{.per_minute = 2, .per_hour = 120};

struct QuotaFiles {
    TemporaryDirectory directory;
    VirtualClock clock;
    FileQuotas quotas = *FileQuotas::in(directory.path());

    /// Asks as another process would, with an object of its own.
    result<Duration> ask(const Quota& quota = two_a_minute) const {
        return FileQuotas::in(directory.path())->acquire(links_of_app, quota, clock.now());
    }
    std::string file() const { return *directory.names().begin(); }
    void rewrite(const std::string& from, const std::string& to) const {
        std::string text = directory.read(file());
        text.replace(text.find(from), from.size(), to);
        directory.write(file(), text);
    }
};

} // namespace

TEST_CASE("what one object has counted counts for all others") {
    QuotaFiles files;
    CHECK(files.ask() == Duration::zero());
    CHECK(files.quotas.acquire(links_of_app, two_a_minute, files.clock.now()) == Duration::zero());
    const auto wait = files.ask();
    REQUIRE(wait);
    CHECK(*wait > 60s);
    CHECK(*wait < 62s);
    // Nothing was counted by asking.
    CHECK(files.ask() == *wait);
    files.clock.advance(*wait);
    CHECK(files.ask() == Duration::zero());
}

TEST_CASE("each quota has a file that only its owner may read") {
    QuotaFiles files;
    CHECK(files.ask() == Duration::zero());
    CHECK(files.file() == "contoso.example,app-1,get%20link.quota");
    CHECK(files.directory.mode(files.file()) == 0600);
    const QuotaKey other{"../up", "a/b,c", Stage::collect};
    CHECK(files.quotas.acquire(other, two_a_minute, files.clock.now()) == Duration::zero());
    CHECK(files.directory.names().contains("..%2Fup,a%2Fb%2Cc,collect.quota"));
}

TEST_CASE("a 429 holds for all") {
    QuotaFiles files;
    files.quotas.throttled(links_of_app, 90s, files.clock.now());
    const auto wait = files.ask();
    REQUIRE(wait);
    CHECK(*wait == 90s);
    files.clock.advance(90s);
    CHECK(files.ask() == Duration::zero());
}

TEST_CASE("a 429 without a wait counts as no call") {
    QuotaFiles files;
    files.quotas.throttled(links_of_app, 0s, files.clock.now());
    CHECK(files.ask() == Duration::zero());
    CHECK(files.ask() == Duration::zero());
    CHECK(files.ask() != Duration::zero());
}

TEST_CASE("a 429 that could not be written down is told with the next question") {
    QuotaFiles files;
    CHECK(files.ask() == Duration::zero());
    const std::string text = files.directory.read(files.file());
    files.directory.write(files.file(), "nonsense");
    files.quotas.throttled(links_of_app, 90s, files.clock.now());
    files.directory.write(files.file(), text);
    CHECK(files.ask() == Duration::zero());
    CHECK(files.quotas.acquire(links_of_app, two_a_minute, files.clock.now()).value() > 89s);
    CHECK(files.ask().value() > 89s);
}

TEST_CASE("what cannot be read grants nothing") {
    QuotaFiles files;
    CHECK(files.ask() == Duration::zero());
    const std::string name = files.file();
    const std::string text = files.directory.read(name);
    for (const std::string& broken : {std::string("nonsense"), text.substr(0, text.size() - 2),
                                      text + "x", std::string(bounds::quota_record + 1, '\n')}) {
        files.directory.write(name, broken);
        CHECK(files.ask().error() == errc::store_failed);
        CHECK(files.directory.read(name) == broken);
    }
    std::filesystem::remove(files.directory.file(name));
    std::filesystem::create_symlink("elsewhere", files.directory.file(name));
    CHECK(files.ask().error() == errc::store_denied);
    CHECK_FALSE(files.directory.names().contains("elsewhere"));
    CHECK(FileQuotas::in(files.directory.file("no/where")).error() == errc::store_failed);
}

TEST_CASE("a file that was longer leaves nothing behind") {
    QuotaFiles files;
    for (int i = 0; i < 5; ++i) CHECK(files.ask(Quota{.per_minute = 5}) == Duration::zero());
    files.clock.advance(2h);
    CHECK(files.ask() == Duration::zero());
    CHECK(files.ask() == Duration::zero());
    CHECK(files.ask().value() > 60s);
}

TEST_CASE("after another start of the system the calendar tells how long ago a call was") {
    QuotaFiles files;
    CHECK(files.ask() == Duration::zero());
    CHECK(files.ask() == Duration::zero());
    const std::string boot = detail::boot_id();
    files.rewrite(boot, "another run");
    files.clock.advance(20s);
    const Duration wait = files.ask().value();
    CHECK(wait > 40s);
    CHECK(wait < 42s);
}

TEST_CASE("a calendar that was set back holds nobody up for ever") {
    QuotaFiles files;
    CHECK(files.ask() == Duration::zero());
    CHECK(files.ask() == Duration::zero());
    files.rewrite(detail::boot_id(), "another run");
    Now now = files.clock.now();
    now.utc -= std::chrono::hours(24 * 365);
    const auto wait = files.quotas.acquire(links_of_app, two_a_minute, now);
    CHECK(wait.value() <= 62s);
}

TEST_CASE("a calendar beyond all centuries holds nobody up for more than a day") {
    QuotaFiles files;
    CHECK(files.ask() == Duration::zero());
    files.directory.write(files.file(), "mde-quota-1 another run\n0 9223372036854775807\n");
    const auto wait = files.ask();
    REQUIRE(wait);
    CHECK(*wait == 24h);
}

TEST_CASE("processes that ask at once get each slot once") {
    QuotaFiles files;
    const Quota fifty{.per_minute = 50};
    std::vector<::pid_t> children;
    for (int child = 0; child < 4; ++child) {
        const ::pid_t id = ::fork();
        REQUIRE(id >= 0);
        if (id == 0) {
            int granted = 0;
            for (int i = 0; i < 50; ++i)
                granted += files.ask(fifty).value() == Duration::zero() ? 1 : 0;
            ::_exit(granted);
        }
        children.push_back(id);
    }
    int granted = 0;
    for (const ::pid_t id : children) {
        int status = 0;
        REQUIRE(::waitpid(id, &status, 0) == id);
        REQUIRE(WIFEXITED(status));
        granted += WEXITSTATUS(status);
    }
    CHECK(granted == 50);
}

TEST_CASE("threads that share the object get each slot once") {
    QuotaFiles files;
    std::atomic<int> granted = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 20; ++n)
                if (files.quotas.acquire(links_of_app, Quota{.per_minute = 20}, files.clock.now())
                        .value() == Duration::zero())
                    ++granted;
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(granted == 20);
}
