// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_READ_FILE_HPP
#define MDE_ADAPTER_DETAIL_READ_FILE_HPP

/// @file
/// A small file of secrets, read into memory that is wiped.

#include <mde/adapter/detail/posix_file.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/base/secret.hpp>

#include <cerrno>
#include <cstddef>
#include <string>

namespace mde::inline MDE_ABI::detail {

/// All of an open file.
/// @par Errors errc::malformed_credential: it cannot be read, is larger than `limit`, or is no file
MDE_DECL result<Secret> read_all(int file, std::size_t limit);

/// @par Errors errc::credential_unavailable: there is no such file; and those of `read_all`
MDE_DECL result<Secret> read_secret_file(const std::string& path, std::size_t limit);

#if MDE_DEFINITIONS

MDE_DECL result<Secret> read_all(int file, std::size_t limit) {
    struct ::stat status {};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return make_error_code(errc::malformed_credential);
    Secret text;
    for (;;) {
        const auto room = text.prepare(4096);
        const ::ssize_t size = ::read(file, room.data(), room.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return make_error_code(errc::malformed_credential);
        text.commit(static_cast<std::size_t>(size));
        if (text.size() > limit) return make_error_code(errc::malformed_credential);
        if (size == 0) return text;
    }
}

MDE_DECL result<Secret> read_secret_file(const std::string& path, std::size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.is_open())
        return make_error_code(errno == ENOENT || errno == ENOTDIR ? errc::credential_unavailable
                                                                   : errc::malformed_credential);
    return read_all(file.number(), limit);
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
