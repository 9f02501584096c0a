// SPDX-License-Identifier: BSL-1.0
// One list of cases for all job queues: in memory, in a file, and in Redis.

#include "fleet/file_job_queue.hpp"
#include "fleet/memory_job_queue.hpp"
#include "fleet/redis_job_queue.hpp"
#include "fleet/redis_server.hpp"
#include "support/temporary_directory.hpp"

#include <mde/async/system_clock.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace mde_test;
using namespace std::chrono_literals;
using fleet::Added;
using fleet::is_away;
using fleet::Job;
using fleet::LeasedJob;
using mde::JobPhase;

namespace {

struct MemoryJobs {
    fleet::MemoryJobQueue<mde::SystemClock> queue;
};

struct FileJobs {
    TemporaryDirectory directory;
    fleet::FileJobQueue queue{directory.file("jobs")};
};

struct RedisJobs {
    fleet::RedisConnection connection{shared_redis().address()};
    fleet::RedisJobQueue queue{connection, fresh_name()};
};

/// Adds `A/1`, `A/2` and so on.
template <class Queue>
void add_jobs(Queue& queue, int count, const std::string& tenant = "A") {
    for (int i = 1; i <= count; ++i) {
        const std::string id = tenant + '/' + std::to_string(i);
        REQUIRE(queue.add(Job{id, JobPhase::waiting, "state of " + id}).value() == Added::now);
    }
}

template <class Queue>
LeasedJob leased(Queue& queue, const std::string& worker = "w", mde::Duration span = 1h) {
    const auto job = queue.lease(worker, span);
    REQUIRE(job.has_value());
    REQUIRE(job->has_value());
    return **job;
}

template <class Queue>
bool is_idle(Queue& queue) {
    const auto job = queue.lease("idle", 1h);
    REQUIRE(job.has_value());
    return !job->has_value();
}

std::size_t count_of(const fleet::JobCounts& counts, const std::string& tenant, JobPhase phase) {
    const auto found = counts.tenants.find(tenant);
    return found == counts.tenants.end() ? 0 : found->second[static_cast<std::size_t>(phase)];
}

} // namespace

TYPE_TO_STRING(MemoryJobs);
TYPE_TO_STRING(FileJobs);
TYPE_TO_STRING(RedisJobs);
#define MDE_JOB_QUEUES MemoryJobs, FileJobs, RedisJobs

TEST_CASE_TEMPLATE("jobs are had in the order of their coming and by one only", T, MDE_JOB_QUEUES) {
    T world;
    CHECK(is_idle(world.queue));
    add_jobs(world.queue, 3);
    for (const char* id : {"A/1", "A/2", "A/3"}) {
        const LeasedJob job = leased(world.queue);
        CHECK(job.lease.id == id);
        CHECK(job.state == "state of " + std::string(id));
    }
    CHECK(is_idle(world.queue));
}

TEST_CASE_TEMPLATE("a job that is known is not added again", T, MDE_JOB_QUEUES) {
    T world;
    add_jobs(world.queue, 1);
    CHECK(world.queue.add(Job{"A/1", JobPhase::ready, "other"}).value() == Added::before);
    const LeasedJob job = leased(world.queue);
    CHECK(job.state == "state of A/1");
    REQUIRE_FALSE(world.queue.finish(job.lease, JobPhase::stored, {"s", "r"}));
    CHECK(world.queue.add(Job{"A/1", JobPhase::waiting, "other"}).value() == Added::before);
    CHECK(is_idle(world.queue));
}

TEST_CASE_TEMPLATE("what was saved is where the next one goes on", T, MDE_JOB_QUEUES) {
    T world;
    add_jobs(world.queue, 1);
    const LeasedJob first = leased(world.queue);
    REQUIRE_FALSE(world.queue.save(first.lease, JobPhase::asking, "asked \n for {it}"));
    REQUIRE_FALSE(world.queue.put_back(first.lease, 0s));
    const LeasedJob second = leased(world.queue);
    CHECK(second.state == "asked \n for {it}");
    CHECK(second.lease.fence > first.lease.fence);
}

TEST_CASE_TEMPLATE("a lease that runs out lets another one take the job over", T, MDE_JOB_QUEUES) {
    T world;
    add_jobs(world.queue, 1);
    const LeasedJob dead = leased(world.queue, "dead", 50ms);
    LeasedJob taken;
    REQUIRE(eventually([&] {
        auto job = world.queue.lease("heir", 1h);
        REQUIRE(job.has_value());
        if (*job) taken = **job;
        return job->has_value();
    }));
    CHECK(taken.lease.id == "A/1");
    CHECK(taken.lease.fence > dead.lease.fence);
    CHECK(world.queue.counts()->takeovers == 1);

    // The first one was only asleep: whatever it tries, it is refused, and nothing changes.
    CHECK(world.queue.renew(dead.lease, 1h) == mde::errc::store_busy);
    CHECK(world.queue.save(dead.lease, JobPhase::failed, "x") == mde::errc::store_busy);
    CHECK(world.queue.put_back(dead.lease, 0s) == mde::errc::store_busy);
    CHECK(world.queue.finish(dead.lease, JobPhase::stored, {"x", "x"}) == mde::errc::store_busy);
    CHECK(is_idle(world.queue));
    CHECK(count_of(*world.queue.counts(), "A", JobPhase::waiting) == 1);
    REQUIRE_FALSE(world.queue.finish(taken.lease, JobPhase::stored, {"end", "receipt"}));
    CHECK(world.queue.finish(dead.lease, JobPhase::failed, {"x", "x"}) == mde::errc::store_busy);
    CHECK(world.queue.ended()->front().state == "end");
}

TEST_CASE_TEMPLATE("a lease that is renewed does not run out", T, MDE_JOB_QUEUES) {
    T world;
    add_jobs(world.queue, 2);
    const LeasedJob kept = leased(world.queue, "w", 50ms);
    REQUIRE_FALSE(world.queue.renew(kept.lease, 1h));
    const LeasedJob lost = leased(world.queue, "w", 50ms);
    // The second one comes back; the first one, which is older, does not.
    REQUIRE(eventually([&] {
        const auto job = world.queue.lease("x", 1h);
        REQUIRE(job.has_value());
        if (*job) CHECK((*job)->lease.id == lost.lease.id);
        return job->has_value();
    }));
    CHECK_FALSE(world.queue.save(kept.lease, JobPhase::running, "s"));
}

TEST_CASE_TEMPLATE("a lease that has run out is good until somebody else takes the job", T,
                   MDE_JOB_QUEUES) {
    T world;
    add_jobs(world.queue, 1);
    const LeasedJob job = leased(world.queue, "w", 0s);
    CHECK_FALSE(world.queue.save(job.lease, JobPhase::running, "s"));
    CHECK_FALSE(world.queue.renew(job.lease, 1h));
    CHECK(is_idle(world.queue));
}

TEST_CASE_TEMPLATE("a job that was put back waits its time and is had before new ones", T,
                   MDE_JOB_QUEUES) {
    T world;
    add_jobs(world.queue, 2);
    const LeasedJob first = leased(world.queue);
    REQUIRE_FALSE(world.queue.put_back(first.lease, 0s));
    const LeasedJob again = leased(world.queue);
    CHECK(again.lease.id == "A/1");
    REQUIRE_FALSE(world.queue.put_back(again.lease, 1h));
    CHECK(leased(world.queue).lease.id == "A/2");
    CHECK(is_idle(world.queue));
    // Nobody died.
    CHECK(world.queue.counts()->takeovers == 0);
    CHECK(world.queue.save(again.lease, JobPhase::running, "s") == mde::errc::store_busy);
}

TEST_CASE_TEMPLATE("a job ends once and saying so twice does no harm", T, MDE_JOB_QUEUES) {
    T world;
    add_jobs(world.queue, 2);
    const LeasedJob job = leased(world.queue);
    const fleet::EndedJob end{"the end", R"({"a":"receipt"})"};
    REQUIRE_FALSE(world.queue.finish(job.lease, JobPhase::stored, end));
    CHECK_FALSE(world.queue.finish(job.lease, JobPhase::stored, end));
    CHECK(world.queue.renew(job.lease, 1h) == mde::errc::store_busy);
    const auto ended = world.queue.ended();
    REQUIRE(ended.has_value());
    REQUIRE(ended->size() == 1);
    CHECK(ended->front().state == end.state);
    CHECK(ended->front().receipt == end.receipt);
}

TEST_CASE_TEMPLATE("counts tell tenants and phases apart", T, MDE_JOB_QUEUES) {
    T world;
    CHECK(*world.queue.counts() == fleet::JobCounts{});
    add_jobs(world.queue, 3, "A");
    add_jobs(world.queue, 2, "B.example");
    LeasedJob job = leased(world.queue);
    REQUIRE_FALSE(world.queue.save(job.lease, JobPhase::running, "s"));
    job = leased(world.queue);
    REQUIRE_FALSE(world.queue.finish(job.lease, JobPhase::failed, {"s", ""}));
    const auto counts = world.queue.counts();
    REQUIRE(counts.has_value());
    CHECK(counts->open == 4);
    CHECK(counts->leased == 1);
    CHECK(count_of(*counts, "A", JobPhase::waiting) == 1);
    CHECK(count_of(*counts, "A", JobPhase::running) == 1);
    CHECK(count_of(*counts, "A", JobPhase::failed) == 1);
    CHECK(count_of(*counts, "B.example", JobPhase::waiting) == 2);
}

TEST_CASE_TEMPLATE("many jobs that are over are all told", T, MDE_JOB_QUEUES) {
    T world;
    add_jobs(world.queue, 700);
    std::set<std::string> expected;
    for (int i = 0; i < 700; ++i) {
        const LeasedJob job = leased(world.queue);
        REQUIRE_FALSE(world.queue.finish(job.lease, JobPhase::stored, {job.state, job.lease.id}));
        expected.insert(job.lease.id);
    }
    std::set<std::string> told;
    for (const fleet::EndedJob& ended : world.queue.ended().value()) told.insert(ended.receipt);
    CHECK(told == expected);
}

namespace {

/// Four threads take all jobs; `make(use)` calls `use` with a queue of each one's own.
template <class Make>
void check_had_once(Make make) {
    make([](auto& queue) { add_jobs(queue, 100); });
    std::mutex mutex;
    std::multiset<std::string> had;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            make([&](auto& queue) {
                for (;;) {
                    const auto job = queue.lease("w", 1h);
                    if (!job || !*job) return;
                    const std::lock_guard lock(mutex);
                    had.insert((*job)->lease.id);
                }
            });
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(had.size() == 100);
    CHECK(std::set<std::string>(had.begin(), had.end()).size() == 100);
}

} // namespace

TEST_CASE("no job is had by two however many ask at once") {
    const std::string name = fresh_name();
    check_had_once([&](auto use) {
        fleet::RedisConnection connection(shared_redis().address());
        fleet::RedisJobQueue queue(connection, name);
        use(queue);
    });
    const TemporaryDirectory directory;
    check_had_once([&](auto use) {
        fleet::FileJobQueue queue(directory.file("jobs"));
        use(queue);
    });
}

TEST_CASE("a file that holds no jobs of ours gives none") {
    const TemporaryDirectory directory;
    fleet::FileJobQueue queue(directory.file("jobs"));
    add_jobs(queue, 1);
    const std::string text = directory.read("jobs");
    for (const std::string& broken :
         {std::string(), std::string("{}"), text.substr(1), text.substr(0, text.size() - 1)}) {
        directory.write("jobs", broken);
        CHECK(queue.lease("w", 1h).error() == mde::errc::malformed_state);
        CHECK(directory.read("jobs") == broken);
    }
    directory.write("jobs", text);
    CHECK(leased(queue).lease.id == "A/1");
}

TEST_CASE("jobs and leases outlive a restart of the server and errors say that it is away") {
    RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisJobQueue queue(connection);
    add_jobs(queue, 3);
    const LeasedJob job = leased(queue);
    REQUIRE_FALSE(queue.save(job.lease, JobPhase::running, "half way"));
    server.kill();
    CHECK(is_away(queue.lease("w", 1h).error()));
    CHECK(is_away(queue.renew(job.lease, 1h)));
    CHECK(is_away(queue.save(job.lease, JobPhase::failed, "lost")));
    CHECK(is_away(queue.finish(job.lease, JobPhase::failed, {"lost", ""})));
    CHECK(is_away(queue.add(Job{"A/4", JobPhase::waiting, "lost"}).error()));
    CHECK(is_away(queue.counts().error()));
    server.start();
    REQUIRE(eventually([&] { return queue.counts().has_value(); }));
    CHECK(queue.counts()->open == 3);
    CHECK(count_of(*queue.counts(), "A", JobPhase::running) == 1);
    CHECK_FALSE(queue.renew(job.lease, 1h));
    CHECK(leased(queue).lease.id == "A/2");
    REQUIRE_FALSE(queue.put_back(job.lease, 0s));
    CHECK(leased(queue).state == "half way");
    CHECK(leased(queue).lease.id == "A/3");
}

TEST_CASE("a connection that was idle while the server was restarted costs no lease") {
    RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisJobQueue queue(connection);
    add_jobs(queue, 1);
    server.restart();
    // This one is never asked for twice, so it must not be sent into a dead connection.
    CHECK(leased(queue).lease.id == "A/1");
}
