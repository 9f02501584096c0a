// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_FILE_JOB_QUEUE_HPP
#define MDE_EXAMPLES_FLEET_FILE_JOB_QUEUE_HPP

/// @file
/// The jobs of one machine's processes in a file, for a fleet too small for a server.

#include "fleet/job_table.hpp"

#include <mde/adapter/file_state.hpp>
#include <mde/async/system_clock.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace fleet {

/// Each operation takes the file's lock, reads all jobs, and writes them anew in one step, synced:
/// what was saved outlives the process and the machine. That is some milliseconds, and more with
/// many jobs: good for hundreds. Leases end by the calendar; whoever finds his taken is refused.
///
/// Meets `JobQueue`; `store_busy` may also mean that others kept the file for too long. Distinct
/// objects: safe, in other processes too. Shared objects: safe.
class FileJobQueue {
  public:
    explicit FileJobQueue(std::string path) : path_(std::move(path)) {}

    mde::result<Added> add(const Job& job) {
        return with([&](JobTable& table, mde::Duration) { return table.add(job); });
    }
    mde::result<std::optional<LeasedJob>> lease(std::string_view worker, mde::Duration span) {
        return with(
            [&](JobTable& table, mde::Duration now) { return table.lease(worker, span, now); });
    }
    mde::error_code renew(const Lease& lease, mde::Duration span) {
        return with(
            [&](JobTable& table, mde::Duration now) { return table.renew(lease, span, now); });
    }
    mde::error_code save(const Lease& lease, mde::JobPhase phase, std::string_view state) {
        return with(
            [&](JobTable& table, mde::Duration) { return table.save(lease, phase, state); });
    }
    mde::error_code put_back(const Lease& lease, mde::Duration after) {
        return with(
            [&](JobTable& table, mde::Duration now) { return table.put_back(lease, after, now); });
    }
    mde::error_code finish(const Lease& lease, mde::JobPhase phase, const EndedJob& ended) {
        return with(
            [&](JobTable& table, mde::Duration) { return table.finish(lease, phase, ended); });
    }
    mde::result<JobCounts> counts() {
        return with([](JobTable& table, mde::Duration) { return table.counts(); });
    }
    mde::result<std::vector<EndedJob>> ended() {
        return with([](JobTable& table, mde::Duration) { return table.ended(); });
    }

  private:
    static constexpr std::chrono::seconds patience{10};

    template <class Outcome>
    using OrError = std::conditional_t<std::is_same_v<Outcome, mde::error_code>, mde::error_code,
                                       mde::result<Outcome>>;

    /// What `step` returns, once the file says so as well.
    template <class Step>
    auto with(Step step) -> OrError<decltype(step(std::declval<JobTable&>(), mde::Duration()))> {
        auto file = locked();
        if (!file) return file.error();
        const auto text = file->load();
        if (!text) return text.error();
        auto table = *text ? decoded(**text) : std::optional(JobTable());
        if (!table) return make_error_code(mde::errc::malformed_state);
        auto outcome = step(*table, mde::SystemClock().now().utc.time_since_epoch());
        const std::string after = encoded(*table);
        if (after != text->value_or(""))
            if (const mde::error_code ec = file->save(after)) return ec;
        return outcome;
    }

    /// Others hold the lock for a moment only.
    mde::result<mde::FileState> locked() const {
        const auto end = std::chrono::steady_clock::now() + patience;
        for (;;) {
            auto file = mde::FileState::at(path_);
            const bool is_held = !file && file.error() == mde::errc::store_busy;
            if (!is_held || std::chrono::steady_clock::now() > end) return file;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    static std::string encoded(const JobTable& table) {
        boost::json::array jobs;
        for (const auto& [id, entry] : table.entries)
            jobs.push_back({{"id", id},
                            {"phase", static_cast<int>(entry.phase)},
                            {"state", entry.content.state},
                            {"receipt", entry.content.receipt},
                            {"due", entry.due.count()},
                            {"order", entry.order},
                            {"fence", entry.fence},
                            {"worker", entry.worker},
                            {"over", entry.is_over}});
        return boost::json::serialize(boost::json::value{
            {"added", table.added}, {"takeovers", table.takeovers}, {"jobs", std::move(jobs)}});
    }

    /// Nothing for what is not ours: its numbers may lie, its shape may not.
    static std::optional<JobTable> decoded(std::string_view text) {
        try {
            const boost::json::value all = boost::json::parse(text);
            JobTable table;
            table.added = all.at("added").to_number<std::uint64_t>();
            table.takeovers = all.at("takeovers").to_number<std::uint64_t>();
            for (const boost::json::value& job : all.at("jobs").as_array()) {
                const auto phase = job.at("phase").to_number<std::size_t>();
                if (phase >= mde::job_phase_names.size()) return std::nullopt;
                table.entries[boost::json::value_to<std::string>(job.at("id"))] = {
                    static_cast<mde::JobPhase>(phase),
                    {boost::json::value_to<std::string>(job.at("state")),
                     boost::json::value_to<std::string>(job.at("receipt"))},
                    mde::Duration(job.at("due").to_number<std::int64_t>()),
                    job.at("order").to_number<std::uint64_t>(),
                    job.at("fence").to_number<std::uint64_t>(),
                    boost::json::value_to<std::string>(job.at("worker")),
                    job.at("over").as_bool()};
            }
            return table;
        } catch (const std::exception&) {
            return std::nullopt;
        }
    }

    std::string path_;
};

} // namespace fleet

#endif
