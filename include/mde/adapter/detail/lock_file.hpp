// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_LOCK_FILE_HPP
#define MDE_ADAPTER_DETAIL_LOCK_FILE_HPP

/// @file
/// A lock by a file's name, for one process at a time.

#include <mde/adapter/detail/posix_file.hpp>
#include <mde/base/linkage.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

namespace mde::inline MDE_ABI::detail {

/// A lock that ends with its process. Its file is removed by whoever holds it, so the one that was
/// opened may be gone by the time it is locked: then the next one is tried.
MDE_DECL Descriptor lock_file(int directory, const std::string& name, error_code& ec);

#if MDE_DEFINITIONS

MDE_DECL Descriptor lock_file(int directory, const std::string& name, error_code& ec) {
    for (int attempt = 0; attempt < 16; ++attempt) {
        Descriptor lock(::openat(directory, name.c_str(),
                                 O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_RDWR,
                                 S_IRUSR | S_IWUSR));
        struct ::stat status {};
        if (!lock.is_open()) {
            ec = store_error(errno);
            return Descriptor();
        }
        // A link of somebody else's would lock what has nothing to do with us.
        if (::fstat(lock.number(), &status) != 0 || !S_ISREG(status.st_mode) ||
            status.st_nlink > 1) {
            ec = make_error_code(errc::store_denied);
            return Descriptor();
        }
        if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
            ec = errno == EWOULDBLOCK ? make_error_code(errc::store_busy) : store_error(errno);
            return Descriptor();
        }
        if (is_named(directory, name, lock.number())) return lock;
    }
    ec = make_error_code(errc::store_busy);
    return Descriptor();
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
