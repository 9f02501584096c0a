// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_FILE_STATE_HPP
#define MDE_ADAPTER_FILE_STATE_HPP

/// @file
/// A job's state in a file, for one process at a time.

#include <mde/adapter/detail/lock_file.hpp>
#include <mde/adapter/detail/posix_file.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/port/state_store.hpp>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

/// The file `PATH`, readable by its owner only; `PATH.part` while it is written, `PATH.lock` while
/// somebody works with it. Each save is synced and takes the place of the one before in one step.
/// Distinct objects: safe, in other processes too. Shared objects: unsafe.
class FileState {
  public:
    /// Takes the lock, which ends with the object or with its process.
    /// @par Errors errc::store_busy (another process works with this state), errc::store_denied,
    /// errc::store_failed
    static result<FileState> at(const std::string& path);

    /// Leaves the other one without its lock.
    FileState(FileState&&) noexcept = default;
    /// Likewise; the lock that was held here is let go.
    FileState& operator=(FileState&& other) noexcept;
    ~FileState() { unlock(); }

    /// Puts `text` in the place of what was saved before.
    /// @par Errors errc::store_no_space, errc::store_denied, errc::store_failed
    error_code save(std::string_view text);

    /// Nothing if there is no such file.
    /// @par Errors errc::store_denied (also: a link), errc::store_failed (no plain file, or larger
    /// than `bounds::saved_state`)
    result<std::optional<std::string>> load() const;

  private:
    FileState() = default;

    int directory() const noexcept { return directory_.number(); }

    void unlock() noexcept;

    detail::Descriptor directory_;
    detail::Descriptor lock_;
    std::string name_;
};
static_assert(StateStore<FileState>);

#if MDE_DEFINITIONS

MDE_DECL result<FileState> FileState::at(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder =
        slash == std::string::npos ? "." : path.substr(0, (std::max)(slash, std::size_t(1)));
    FileState state;
    state.name_ = slash == std::string::npos ? path : path.substr(slash + 1);
    if (state.name_.empty()) return make_error_code(errc::store_failed);
    result<detail::Descriptor> directory = detail::open_directory(folder);
    if (!directory) return directory.error();
    state.directory_ = std::move(*directory);
    error_code ec;
    state.lock_ = detail::lock_file(state.directory(), state.name_ + ".lock", ec);
    if (ec) return ec;
    return state;
}

MDE_DECL FileState& FileState::operator=(FileState&& other) noexcept {
    unlock();
    directory_ = std::move(other.directory_);
    lock_ = std::move(other.lock_);
    name_ = std::move(other.name_);
    return *this;
}

MDE_DECL error_code FileState::save(std::string_view text) {
    const std::string part = name_ + ".part";
    error_code ec;
    const detail::Descriptor file = detail::create_private(directory(), part, ec);
    if (!ec)
        ec =
            detail::write_all(file.number(), 0, std::as_bytes(std::span(text.data(), text.size())));
    if (!ec) ec = detail::sync(file.number());
    if (!ec && ::renameat(directory(), part.c_str(), directory(), name_.c_str()) != 0)
        ec = detail::store_error(errno);
    if (!ec) ec = detail::sync(directory());
    return ec;
}

MDE_DECL result<std::optional<std::string>> FileState::load() const {
    return detail::read_plain_file(directory(), name_, bounds::saved_state);
}

MDE_DECL void FileState::unlock() noexcept {
    if (!lock_.is_open()) return;
    ::unlinkat(directory(), (name_ + ".lock").c_str(), 0);
    lock_.close();
}

#endif

} // namespace mde::inline MDE_ABI

#endif
