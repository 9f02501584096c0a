// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_FILE_QUOTAS_HPP
#define MDE_ADAPTER_FILE_QUOTAS_HPP

/// @file
/// Quotas that the processes of one machine share: a small file for each.

#include <mde/adapter/detail/posix_file.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/flow/quota_window.hpp>
#include <mde/port/quota_store.hpp>
#include <mde/wire/percent.hpp>
#include <mde/wire/quota_record_codec.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

/// A directory with files that only their owner may read. Each question holds the lock of its file
/// for a moment and may block for it, so that no two processes get the same slot. Times are those
/// of the running system; after another start of it they are taken from the calendar, and a
/// calendar that was set back lets all wait for longer. Needs a file system whose `flock` holds
/// between the processes.
///
/// A file that cannot be read is an error and grants nothing, and so is one that others may open or
/// that has a second name (errc::store_denied); removing it forgets what was counted.
/// Distinct objects: safe, in other processes too. Shared objects: safe.
class FileQuotas {
  public:
    /// Opens `path`, and makes its last component if it is missing.
    /// @par Errors errc::store_denied, errc::store_no_space, errc::store_failed
    static result<FileQuotas> in(const std::string& path);

    /// Zero, and one call counted for all processes; or the time until the next slot, and none.
    /// @par Errors errc::store_denied, errc::store_no_space, errc::store_failed (also: the file is
    /// not one of ours, or not as it was written)
    result<Duration> acquire(const QuotaKey& key, const Quota& quota, const Now& now);

    /// What cannot be written down now is told with the next question of this object.
    void throttled(const QuotaKey& key, Duration wait, const Now& now);

  private:
    struct Untold {
        std::mutex mutex;
        std::map<std::string, MonotonicTime> blocked_until;
    };

    explicit FileQuotas(detail::Descriptor directory)
        : directory_(std::move(directory)), untold_(std::make_unique<Untold>()) {}

    /// Readable, and no other key's.
    static std::string name_of(const QuotaKey& key);

    /// What `step` says, once the file says so too. The lock ends with the descriptor.
    template <class Step>
    result<Duration> with_window(const std::string& name, const Now& now, Step step) {
        const detail::Descriptor file(::openat(
            directory_.number(), name.c_str(),
            O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_RDWR, S_IRUSR | S_IWUSR));
        if (!file.is_open()) return detail::store_error(errno);
        // Whoever may open it may hold its lock for ever, and what has another name may be
        // somebody else's file.
        if (!detail::is_private(file.number())) return make_error_code(errc::store_denied);
        while (::flock(file.number(), LOCK_EX) != 0)
            if (errno != EINTR) return detail::store_error(errno);
        result<flow::QuotaWindow> window = load(file.number(), now);
        if (!window) return window.error();
        if (const auto blocked = untold_until(name)) window->block_until(*blocked);
        const Duration wait = step(*window);
        if (const error_code ec = save(file.number(), *window, now)) return ec;
        forget_untold(name, window->blocked_until());
        return wait;
    }

    std::optional<MonotonicTime> untold_until(const std::string& name);

    /// Unless there is more to tell by now.
    void forget_untold(const std::string& name, MonotonicTime told);

    static result<flow::QuotaWindow> load(int file, const Now& now);
    static flow::QuotaWindow window_of(const wire::QuotaRecord& record, const Now& now);

    static MonotonicTime on_this_run(UtcTime utc, const Now& now) noexcept;

    static error_code save(int file, const flow::QuotaWindow& window, const Now& now);

    detail::Descriptor directory_;
    std::unique_ptr<Untold> untold_;
};
static_assert(QuotaStore<FileQuotas>);

#if MDE_DEFINITIONS

MDE_DECL result<FileQuotas> FileQuotas::in(const std::string& path) {
    result<detail::Descriptor> directory = detail::make_directory(path);
    if (!directory) return directory.error();
    return FileQuotas(std::move(*directory));
}

MDE_DECL result<Duration> FileQuotas::acquire(const QuotaKey& key, const Quota& quota,
                                              const Now& now) {
    return with_window(name_of(key), now, [&](flow::QuotaWindow& window) {
        return window.acquire(quota, now.monotonic);
    });
}

MDE_DECL void FileQuotas::throttled(const QuotaKey& key, Duration wait, const Now& now) {
    const std::string name = name_of(key);
    {
        const std::lock_guard lock(untold_->mutex);
        MonotonicTime& until = untold_->blocked_until[name];
        until = (std::max)(until, saturating_add(now.monotonic, wait));
    }
    static_cast<void>(with_window(name, now, [](flow::QuotaWindow&) { return Duration::zero(); }));
}

MDE_DECL std::string FileQuotas::name_of(const QuotaKey& key) {
    std::string name;
    wire::append_percent_encoded(name, key.tenant);
    name += ',';
    wire::append_percent_encoded(name, key.application);
    name += ',';
    wire::append_percent_encoded(name, mde::name_of(key.call));
    return name + ".quota";
}

MDE_DECL std::optional<MonotonicTime> FileQuotas::untold_until(const std::string& name) {
    const std::lock_guard lock(untold_->mutex);
    const auto found = untold_->blocked_until.find(name);
    if (found == untold_->blocked_until.end()) return std::nullopt;
    return found->second;
}

MDE_DECL void FileQuotas::forget_untold(const std::string& name, MonotonicTime told) {
    const std::lock_guard lock(untold_->mutex);
    const auto found = untold_->blocked_until.find(name);
    if (found != untold_->blocked_until.end() && found->second <= told)
        untold_->blocked_until.erase(found);
}

MDE_DECL result<flow::QuotaWindow> FileQuotas::load(int file, const Now& now) {
    result<std::string> text = detail::read_plain(file, bounds::quota_record);
    if (!text) return text.error();
    if (text->empty()) return flow::QuotaWindow();
    text->resize((std::min)(text->size(), text->find_last_not_of('\n') + 2));
    const auto record = wire::decode_quota_record(*text);
    if (!record) return make_error_code(errc::store_failed);
    return window_of(*record, now);
}

MDE_DECL flow::QuotaWindow FileQuotas::window_of(const wire::QuotaRecord& record, const Now& now) {
    const bool same_run = !record.boot.empty() && record.boot == detail::boot_id();
    // What seems to be yet to come was made just now, and no block is longer than a day.
    const auto here = [&](const Now& moment, Duration most) {
        return same_run ? moment.monotonic
                        : (std::min)(on_this_run(moment.utc, now), now.monotonic + most);
    };
    flow::QuotaWindow window;
    for (const Now& call : record.calls) window.count(here(call, Duration::zero()));
    window.block_until(here(record.blocked_until, std::chrono::hours(24)));
    return window;
}

MDE_DECL MonotonicTime FileQuotas::on_this_run(UtcTime utc, const Now& now) noexcept {
    return saturating_add(now.monotonic, saturating_span(utc, now.utc));
}

MDE_DECL error_code FileQuotas::save(int file, const flow::QuotaWindow& window, const Now& now) {
    // What was before this run was at its beginning, for those who look at this clock only.
    const auto moment = [&](MonotonicTime time) {
        return Now{(std::max)(time, MonotonicTime()),
                   now.utc + std::chrono::duration_cast<Ticks>(time - now.monotonic)};
    };
    // A block that is over is none, whatever the calendar says later.
    const bool is_blocked = window.blocked_until() > now.monotonic;
    wire::QuotaRecord record{
        detail::boot_id(), is_blocked ? moment(window.blocked_until()) : Now{}, {}};
    for (const MonotonicTime call : window.calls()) record.calls.push_back(moment(call));
    std::string text = wire::encode_quota_record(record);
    // One write, and nothing of an earlier, longer one stays.
    const std::uint64_t before = detail::size_of_file(file);
    if (text.size() < before) text.resize(static_cast<std::size_t>(before), '\n');
    return detail::write_all(file, 0, std::as_bytes(std::span(text)));
}

#endif

} // namespace mde::inline MDE_ABI

#endif
