// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_FILE_TOKEN_STORE_HPP
#define MDE_ADAPTER_FILE_TOKEN_STORE_HPP

/// @file
/// Tokens as files in one directory (POSIX) that nobody else can read.

#include <mde/adapter/detail/posix_file.hpp>
#include <mde/adapter/detail/read_file.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/port/token_store.hpp>
#include <mde/wire/stored_token_codec.hpp>

#include <openssl/rand.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

/// Each key has one file `<SHA-256 of the key>.token`, written beside itself, synced and renamed:
/// readers see the old token or the new one, whole. A file that is a link, is not the user's own or
/// may be read by others is not believed, and is replaced by the next `save`. Copies share the
/// directory. Distinct objects: safe, in other processes too. Shared objects: safe.
class FileTokenStore {
  public:
    /// Opens `path`, and makes its last component if it is missing (for its owner only).
    /// @par Errors errc::store_denied: others may write there; errc::store_no_space,
    /// errc::store_failed
    static result<FileTokenStore> in(const std::string& path);

    /// Empty if there is no file, or it holds anything but a token of this store.
    /// @par Errors errc::store_denied: a link, somebody else's, or readable by others;
    /// errc::store_failed
    result<StoredToken> load(const TokenKey& key);

    /// Writes the token beside itself, then puts it in the place of the old one.
    /// @par Errors errc::store_no_space, errc::store_denied, errc::store_failed
    error_code save(const TokenKey& key, const StoredToken& token);

    /// Removes the file.
    /// @par Errors errc::store_denied, errc::store_failed
    error_code forget(const TokenKey& key);

  private:
    explicit FileTokenStore(std::shared_ptr<detail::Descriptor> directory) noexcept
        : directory_(std::move(directory)) {}

    /// True if the file is the user's own and has none of the permissions `refused`.
    static bool belongs_to_us(int file, ::mode_t refused) noexcept;

    /// Each part of the key ends with a byte that none of them holds.
    static result<std::string> name_of(const TokenKey& key);

    /// One that no other writer has, in whatever process or container.
    static result<std::string> name_of_part(const std::string& name);

    error_code write(const std::string& name, const StoredToken& token);

    std::shared_ptr<detail::Descriptor> directory_;
};
static_assert(TokenStore<FileTokenStore>);

#if MDE_DEFINITIONS

MDE_DECL result<FileTokenStore> FileTokenStore::in(const std::string& path) {
    result<detail::Descriptor> directory = detail::make_directory(path, O_NOFOLLOW);
    if (!directory) return directory.error();
    if (!belongs_to_us(directory->number(), S_IWGRP | S_IWOTH))
        return make_error_code(errc::store_denied);
    return FileTokenStore(std::make_shared<detail::Descriptor>(std::move(*directory)));
}

MDE_DECL result<StoredToken> FileTokenStore::load(const TokenKey& key) {
    const result<std::string> name = name_of(key);
    if (!name) return name.error();
    const detail::Descriptor file(
        ::openat(directory_->number(), name->c_str(),
                 O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.is_open()) {
        if (errno == ENOENT) return StoredToken();
        return errno == ELOOP ? make_error_code(errc::store_denied) : detail::store_error(errno);
    }
    if (!belongs_to_us(file.number(), S_IRWXG | S_IRWXO))
        return make_error_code(errc::store_denied);
    const result<Secret> text = detail::read_all(file.number(), bounds::json_text);
    if (!text) return StoredToken();
    result<StoredToken> token = wire::decode_stored_token(text->expose());
    return token ? std::move(token) : StoredToken();
}

MDE_DECL error_code FileTokenStore::save(const TokenKey& key, const StoredToken& token) {
    const result<std::string> name = name_of(key);
    if (!name) return name.error();
    const result<std::string> part = name_of_part(*name);
    if (!part) return part.error();
    error_code ec = write(*part, token);
    if (!ec &&
        ::renameat(directory_->number(), part->c_str(), directory_->number(), name->c_str()) != 0)
        ec = detail::store_error(errno);
    if (ec) ::unlinkat(directory_->number(), part->c_str(), 0);
    return ec ? ec : detail::sync(directory_->number());
}

MDE_DECL error_code FileTokenStore::forget(const TokenKey& key) {
    const result<std::string> name = name_of(key);
    if (!name) return name.error();
    if (::unlinkat(directory_->number(), name->c_str(), 0) != 0)
        return errno == ENOENT ? error_code() : detail::store_error(errno);
    return detail::sync(directory_->number());
}

MDE_DECL bool FileTokenStore::belongs_to_us(int file, ::mode_t refused) noexcept {
    struct ::stat status {};
    return ::fstat(file, &status) == 0 && status.st_uid == ::geteuid() &&
           (status.st_mode & refused) == 0;
}

MDE_DECL result<std::string> FileTokenStore::name_of(const TokenKey& key) {
    OpensslSha256 hasher;
    const std::string_view end("\0", 1);
    for (const std::string_view part :
         {key.authority, end, key.tenant, end, key.client_id, end, key.audience, end,
          std::string_view(key.delegated ? "delegated" : "application")})
        hasher.update(std::as_bytes(std::span(part)));
    const result<Sha256Digest> digest = hasher.finish();
    if (!digest) return digest.error();
    return std::string(digest->hex().view()) + ".token";
}

MDE_DECL result<std::string> FileTokenStore::name_of_part(const std::string& name) {
    std::array<std::byte, 32> random{};
    if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), 16) != 1)
        return make_error_code(errc::store_failed);
    const Sha256Digest digits{random};
    return name + '.' + std::string(digits.hex().view().substr(0, 32)) + ".part";
}

MDE_DECL error_code FileTokenStore::write(const std::string& name, const StoredToken& token) {
    error_code ec;
    const detail::Descriptor file = detail::create_private(directory_->number(), name, ec);
    if (ec) return ec;
    const Secret text = wire::encode_stored_token(token);
    ec = detail::write_all(file.number(), 0, std::as_bytes(std::span(text.expose())));
    return ec ? ec : detail::sync(file.number());
}

#endif

} // namespace mde::inline MDE_ABI

#endif
