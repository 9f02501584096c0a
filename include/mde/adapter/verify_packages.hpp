// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_VERIFY_PACKAGES_HPP
#define MDE_ADAPTER_VERIFY_PACKAGES_HPP

/// @file
/// Whether the files of a `FileStore` are still what their receipts say.

#include <mde/adapter/detail/posix_file.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/model/package_key.hpp>
#include <mde/port/hasher.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

/// What became of a package since it was stored.
enum class Verdict {
    /// Length and SHA-256 are those of the receipt.
    good,
    /// The file is longer or shorter than the receipt says.
    other_length,
    /// The file has the length of the receipt, and other bytes.
    other_hash,
    /// There is a receipt, but not what it is for.
    missing,
    /// There is a package, but no receipt.
    without_receipt,
    /// The receipt is none, or the file is not one that can be read.
    unreadable,
};

/// As a person reads it.
constexpr std::string_view name_of(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::good: return "good";
    case Verdict::other_length: return "other length";
    case Verdict::other_hash: return "other hash";
    case Verdict::missing: return "missing";
    case Verdict::without_receipt: return "without receipt";
    case Verdict::unreadable: return "unreadable";
    }
    return "";
}

/// One package, or what is left of it.
struct VerifiedPackage {
    /// The file's, without the directory; of a receipt that cannot be read, the receipt's.
    std::string name;
    /// What became of it.
    Verdict verdict = Verdict::unreadable;
    /// As far as there is one.
    std::optional<Receipt> receipt;
};

namespace detail {

inline constexpr std::string_view receipt_suffix = ".receipt.json";
inline constexpr std::string_view package_suffixes[] = {".zip", ".bin", ".json.gz"};

template <Hasher PackageHasher>
Verdict compare(int directory, const std::string& name, const Receipt& receipt) {
    if (!exists(directory, name)) return Verdict::missing;
    const Descriptor file(::openat(directory, name.c_str(),
                                   O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.is_open() || !is_plain(file.number())) return Verdict::unreadable;
    if (size_of_file(file.number()) != receipt.length) return Verdict::other_length;
    PackageHasher hasher;
    const auto piece = std::make_unique<std::array<std::byte, bounds::stream_buffer>>();
    for (std::uint64_t at = 0; at < receipt.length;) {
        const auto size = read_all(file.number(), at, *piece);
        if (!size || *size == 0) return Verdict::unreadable;
        hasher.update(std::span(*piece).first(*size));
        at += *size;
    }
    const auto hash = hasher.finish();
    return hash && *hash == receipt.sha256 ? Verdict::good : Verdict::other_hash;
}

template <Hasher PackageHasher>
VerifiedPackage verify_receipt(int directory, const std::string& receipt_name) {
    VerifiedPackage verified{receipt_name, Verdict::unreadable, {}};
    const auto text = read_plain_file(directory, receipt_name, bounds::json_text);
    if (!text || !*text) return verified;
    result<Receipt> receipt = wire::decode_receipt(**text);
    if (!receipt) return verified;
    verified.name = receipt_name.substr(0, receipt_name.size() - receipt_suffix.size());
    verified.name += extension_of_content(receipt->content);
    verified.verdict = compare<PackageHasher>(directory, verified.name, *receipt);
    verified.receipt = std::move(*receipt);
    return verified;
}

/// Of everything in `directory`, itself and what it lies in among them.
MDE_DECL result<std::vector<std::string>> names_in_order(int directory);

/// A file with the ending of a package, and no receipt under its name.
MDE_DECL bool lacks_receipt(const std::string& name, const std::vector<std::string>& names);

#if MDE_DEFINITIONS

MDE_DECL result<std::vector<std::string>> names_in_order(int directory) {
    struct Close {
        void operator()(::DIR* listing) const noexcept { ::closedir(listing); }
    };
    // Owned by the listing once there is one.
    const int number = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<::DIR, Close> listing(number < 0 ? nullptr : ::fdopendir(number));
    if (!listing) {
        const int why = errno;
        if (number >= 0) ::close(number);
        return store_error(why);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const ::dirent* entry = ::readdir(listing.get())) {
        names.emplace_back(entry->d_name);
        errno = 0;
    }
    if (errno != 0) return store_error(errno);
    std::sort(names.begin(), names.end());
    return names;
}

MDE_DECL bool lacks_receipt(const std::string& name, const std::vector<std::string>& names) {
    for (const std::string_view suffix : package_suffixes) {
        if (!name.ends_with(suffix)) continue;
        const std::string receipt =
            name.substr(0, name.size() - suffix.size()).append(receipt_suffix);
        return !std::binary_search(names.begin(), names.end(), receipt);
    }
    return false;
}

#endif

} // namespace detail

/// Reads every package in the directory `path` and holds it against its receipt, in the order of
/// the names. Unfinished transfers are no packages. Blocks as long as reading takes.
/// @par Errors errc::store_denied, errc::store_failed: the directory itself cannot be read
template <Hasher PackageHasher>
result<std::vector<VerifiedPackage>> verify_packages(const std::string& path) {
    const auto directory = detail::open_directory(path);
    if (!directory) return directory.error();
    const auto names = detail::names_in_order(directory->number());
    if (!names) return names.error();
    std::vector<VerifiedPackage> verified;
    for (const std::string& name : *names) {
        if (name.ends_with(detail::receipt_suffix))
            verified.push_back(detail::verify_receipt<PackageHasher>(directory->number(), name));
        else if (detail::lacks_receipt(name, *names))
            verified.push_back({name, Verdict::without_receipt, {}});
    }
    return verified;
}

} // namespace mde::inline MDE_ABI

#endif
