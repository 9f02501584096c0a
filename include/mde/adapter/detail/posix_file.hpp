// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_POSIX_FILE_HPP
#define MDE_ADAPTER_DETAIL_POSIX_FILE_HPP

/// @file
/// Files by descriptor, inside one directory, with links refused and errors typed.

#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// The store error that an `errno` stands for.
MDE_DECL error_code store_error(int number) noexcept;

/// Owns a descriptor.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { close(); }

    int number() const noexcept { return number_; }
    bool is_open() const noexcept { return number_ >= 0; }
    void close() noexcept;

  private:
    int number_ = -1;
};

MDE_DECL error_code write_all(int file, std::uint64_t offset, std::span<const std::byte> bytes);

/// Fills `bytes` from `offset` on; fewer only if the file has no more.
MDE_DECL result<std::size_t> read_all(int file, std::uint64_t offset, std::span<std::byte> bytes);

/// A directory that is there.
/// @par Errors errc::store_denied, errc::store_failed
MDE_DECL result<Descriptor> open_directory(const std::string& path, int more_flags = 0) noexcept;

/// The same; its last component is made if it is missing, readable by its owner only.
/// @par Errors errc::store_denied, errc::store_no_space, errc::store_failed
MDE_DECL result<Descriptor> make_directory(const std::string& path, int more_flags = 0) noexcept;

MDE_DECL bool is_plain(int file) noexcept;

/// All of an open file.
/// @par Errors errc::store_denied, errc::store_failed (no plain file, or larger than `limit`)
MDE_DECL result<std::string> read_plain(int file, std::size_t limit);

/// All of a file in `directory`; nothing if there is none of that name.
/// @par Errors errc::store_denied (also: a link), errc::store_failed (no plain file, or larger than
/// `limit`)
MDE_DECL result<std::optional<std::string>> read_plain_file(int directory, const std::string& name,
                                                            std::size_t limit);

MDE_DECL error_code sync(int file) noexcept;

/// A new file that only its owner may read; an old one of that name, or a link, is removed first.
MDE_DECL Descriptor create_private(int directory, const std::string& name, error_code& ec);

/// The data of a file, and of its metadata what is needed to find them.
MDE_DECL error_code sync_data(int file) noexcept;

/// True for a file of this user's that nobody else may open and that has no other name: one that
/// `create_private` made, and no link of somebody else's to another file.
MDE_DECL bool is_private(int file) noexcept;

/// Nothing is open if the file is not private, or there is none.
MDE_DECL Descriptor open_private(int directory, const std::string& name) noexcept;

/// True if `name` still leads to the open `file`: in a directory that others may write to somebody
/// may have put another one in its place.
MDE_DECL bool is_named(int directory, const std::string& name, int file) noexcept;

/// Tells one file from another that later gets its name.
MDE_DECL std::uint64_t inode_of(int file) noexcept;

MDE_DECL std::uint64_t size_of_file(int file) noexcept;

/// Names this run of the system; empty where it has no name. What was written but not synced
/// outlives the process, but not the run.
MDE_DECL std::string boot_id();

/// Takes all the space at once where the file system can; where it cannot, writing will tell.
MDE_DECL error_code reserve_space(int file, std::uint64_t length) noexcept;

/// Gives a file its final name in one step, and never replaces one that is there.
MDE_DECL error_code publish(int directory, const std::string& from, const std::string& to) noexcept;

MDE_DECL bool exists(int directory, const std::string& name) noexcept;

#if MDE_DEFINITIONS

MDE_DECL error_code store_error(int number) noexcept {
    switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return make_error_code(errc::store_no_space);
    case EACCES:
    case EPERM:
    case EROFS:
    // A link, or something else that is no file, lies at a name of ours.
    case ELOOP:
    case ENXIO: return make_error_code(errc::store_denied);
    case EEXIST: return make_error_code(errc::store_has_package);
    default: return make_error_code(errc::store_failed);
    }
}

MDE_DECL Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        close();
        number_ = std::exchange(other.number_, -1);
    }
    return *this;
}

MDE_DECL void Descriptor::close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

MDE_DECL error_code write_all(int file, std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ::ssize_t size =
            ::pwrite(file, bytes.data(), bytes.size(), static_cast<::off_t>(offset));
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return store_error(size == 0 ? ENOSPC : errno);
        bytes = bytes.subspan(static_cast<std::size_t>(size));
        offset += static_cast<std::uint64_t>(size);
    }
    return {};
}

MDE_DECL result<std::size_t> read_all(int file, std::uint64_t offset, std::span<std::byte> bytes) {
    std::size_t total = 0;
    while (total < bytes.size()) {
        const ::ssize_t size = ::pread(file, bytes.data() + total, bytes.size() - total,
                                       static_cast<::off_t>(offset + total));
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return store_error(errno);
        if (size == 0) break;
        total += static_cast<std::size_t>(size);
    }
    return total;
}

MDE_DECL result<Descriptor> open_directory(const std::string& path, int more_flags) noexcept {
    Descriptor directory(::open(path.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC | more_flags));
    if (!directory.is_open()) return store_error(errno);
    return directory;
}

MDE_DECL result<Descriptor> make_directory(const std::string& path, int more_flags) noexcept {
    if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return store_error(errno);
    return open_directory(path, more_flags);
}

MDE_DECL bool is_plain(int file) noexcept {
    struct ::stat status {};
    return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

MDE_DECL result<std::string> read_plain(int file, std::size_t limit) {
    struct ::stat status {};
    const bool fits = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                      status.st_size <= static_cast<::off_t>(limit);
    if (!fits) return make_error_code(errc::store_failed);
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const result<std::size_t> size = read_all(file, 0, std::as_writable_bytes(std::span(text)));
    if (!size) return size.error();
    text.resize(*size);
    return text;
}

MDE_DECL result<std::optional<std::string>> read_plain_file(int directory, const std::string& name,
                                                            std::size_t limit) {
    const Descriptor file(::openat(directory, name.c_str(),
                                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file.is_open() && errno == ENOENT) return std::optional<std::string>();
    if (!file.is_open()) return store_error(errno);
    result<std::string> text = read_plain(file.number(), limit);
    if (!text) return text.error();
    return std::optional<std::string>(std::move(*text));
}

MDE_DECL error_code sync(int file) noexcept {
    return ::fsync(file) == 0 ? error_code() : store_error(errno);
}

MDE_DECL Descriptor create_private(int directory, const std::string& name, error_code& ec) {
    if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) ec = store_error(errno);
    if (ec) return Descriptor();
    Descriptor file(::openat(directory, name.c_str(),
                             O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDWR,
                             S_IRUSR | S_IWUSR));
    if (!file.is_open()) ec = store_error(errno);
    return file;
}

MDE_DECL error_code sync_data(int file) noexcept {
    return ::fdatasync(file) == 0 ? error_code() : store_error(errno);
}

MDE_DECL bool is_private(int file) noexcept {
    struct ::stat status {};
    return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
           status.st_nlink == 1 && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

MDE_DECL Descriptor open_private(int directory, const std::string& name) noexcept {
    Descriptor file(
        ::openat(directory, name.c_str(), O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_RDWR));
    return file.is_open() && is_private(file.number()) ? std::move(file) : Descriptor();
}

MDE_DECL bool is_named(int directory, const std::string& name, int file) noexcept {
    struct ::stat held {};
    struct ::stat named {};
    return ::fstat(file, &held) == 0 &&
           ::fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

MDE_DECL std::uint64_t inode_of(int file) noexcept {
    struct ::stat status {};
    return ::fstat(file, &status) == 0 ? static_cast<std::uint64_t>(status.st_ino) : 0;
}

MDE_DECL std::uint64_t size_of_file(int file) noexcept {
    struct ::stat status {};
    return ::fstat(file, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

MDE_DECL std::string boot_id() {
    std::string id;
#if defined(__linux__)
    const Descriptor file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return id;
    id.resize(36);
    const ::ssize_t size = ::read(file.number(), id.data(), id.size());
    id.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
#endif
    return id;
}

MDE_DECL error_code reserve_space(int file, std::uint64_t length) noexcept {
#if defined(__linux__)
    if (length != 0 && ::fallocate(file, 0, 0, static_cast<::off_t>(length)) != 0 &&
        (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
        return store_error(errno);
#else
    static_cast<void>(file);
    static_cast<void>(length);
#endif
    return {};
}

MDE_DECL error_code publish(int directory, const std::string& from,
                            const std::string& to) noexcept {
#if defined(__linux__) && defined(RENAME_NOREPLACE)
    if (::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0)
        return {};
    if (errno != EINVAL && errno != ENOSYS) return store_error(errno);
#endif
    if (::linkat(directory, from.c_str(), directory, to.c_str(), 0) != 0) return store_error(errno);
    ::unlinkat(directory, from.c_str(), 0);
    return {};
}

MDE_DECL bool exists(int directory, const std::string& name) noexcept {
    struct ::stat status {};
    return ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
