// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_FILE_STORE_HPP
#define MDE_ADAPTER_FILE_STORE_HPP

/// @file
/// Packages as files in one directory (POSIX): whole under their final name, or not there.

#include <mde/adapter/detail/posix_file.hpp>
#include <mde/port/package_store.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI {

/// For action `A` the package is `A.zip` and its receipt `A.receipt.json`; while it is written
/// there are `A.zip.part`, `A.receipt.json.part` and `A.lock`. Other downloads have names and
/// extensions of their own; see `PackageKey`. Files are readable by their owner
/// only. `commit` syncs both files, publishes the receipt, then the package, each by one rename,
/// and syncs the directory: a package that is there has its receipt. Nothing is ever replaced but a
/// receipt whose package is missing. Copies share the directory. Distinct objects: safe, in other
/// processes too. Shared objects: safe.
class FileStore {
  public:
    /// Opens `path`, and makes its last component if it is missing (readable by its owner only).
    /// @par Errors errc::store_denied, errc::store_no_space, errc::store_failed
    static result<FileStore> in(const std::string& path) {
        if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST)
            return detail::store_error(errno);
        detail::Descriptor directory(::open(path.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
        if (!directory.is_open()) return detail::store_error(errno);
        return FileStore(std::make_shared<detail::Descriptor>(std::move(directory)));
    }

    class Writer {
      public:
        Writer(Writer&&) noexcept = default;
        Writer& operator=(Writer&& other) noexcept {
            abort();
            directory_ = std::move(other.directory_);
            name_ = std::move(other.name_);
            file_name_ = std::move(other.file_name_);
            lock_ = std::move(other.lock_);
            file_ = std::move(other.file_);
            return *this;
        }
        ~Writer() { abort(); }

        /// @par Errors errc::store_no_space, errc::store_denied, errc::store_failed
        error_code write(std::uint64_t offset, std::span<const std::byte> bytes) {
            return detail::write_all(file_.number(), offset, bytes);
        }

        /// @par Errors as `write`, and errc::store_has_package
        error_code commit(const Receipt& receipt) {
            error_code ec = detail::sync(file_.number());
            if (!ec) ec = write_receipt(receipt);
            if (!ec) ec = publish_receipt();
            if (!ec) ec = detail::publish(directory(), file_name_ + ".part", file_name_);
            if (!ec) ec = detail::sync(directory());
            abort();
            return ec;
        }

        void abort() noexcept {
            if (!directory_) return;
            file_.close();
            ::unlinkat(directory(), (file_name_ + ".part").c_str(), 0);
            for (const char* suffix : {".receipt.json.part", ".lock"})
                ::unlinkat(directory(), (name_ + suffix).c_str(), 0);
            lock_.close();
            directory_.reset();
        }

      private:
        friend class FileStore;
        Writer(std::shared_ptr<detail::Descriptor> directory, const PackageKey& key,
               detail::Descriptor lock)
            : directory_(std::move(directory)),
              name_(key.name().view()),
              file_name_(file_name_of(key)),
              lock_(std::move(lock)) {}

        int directory() const noexcept { return directory_->number(); }

        error_code write_receipt(const Receipt& receipt) {
            error_code ec;
            const detail::Descriptor file =
                detail::create_private(directory(), name_ + ".receipt.json.part", ec);
            if (ec) return ec;
            const std::string text = wire::encode_receipt(receipt) + "\n";
            ec = detail::write_all(file.number(), 0, std::as_bytes(std::span(text)));
            return ec ? ec : detail::sync(file.number());
        }

        /// One that lies there without its package is of a commit that was cut off.
        error_code publish_receipt() {
            const std::string from = name_ + ".receipt.json.part";
            const std::string to = name_ + ".receipt.json";
            if (::renameat(directory(), from.c_str(), directory(), to.c_str()) != 0)
                return detail::store_error(errno);
            return {};
        }

        std::shared_ptr<detail::Descriptor> directory_;
        std::string name_;
        std::string file_name_;
        detail::Descriptor lock_;
        detail::Descriptor file_;
    };

    /// @par Errors errc::store_has_package
    error_code check(const PackageKey& key) const {
        return detail::exists(directory_->number(), file_name_of(key))
                   ? make_error_code(errc::store_has_package)
                   : error_code();
    }

    /// Space for `length` bytes is taken at once where the file system can.
    /// @par Errors errc::store_has_package, errc::store_busy, errc::store_no_space,
    /// errc::store_denied, errc::store_failed
    result<Writer> open(const PackageKey& key, std::optional<std::uint64_t> length) {
        error_code ec;
        detail::Descriptor lock =
            detail::lock_file(directory_->number(), std::string(key.name().view()) + ".lock", ec);
        if (ec) return ec;
        // From here on the writer's destructor tidies up.
        Writer writer(directory_, key, std::move(lock));
        if (const error_code refusal = check(key)) return refusal;
        writer.file_ =
            detail::create_private(directory_->number(), writer.file_name_ + ".part", ec);
        if (!ec && length) ec = detail::reserve_space(writer.file_.number(), *length);
        if (ec) return ec;
        return writer;
    }

    /// `A.zip`, without the directory.
    static std::string file_name_of(const PackageKey& key) {
        return std::string(key.name().view()).append(key.extension());
    }

  private:
    explicit FileStore(std::shared_ptr<detail::Descriptor> directory) noexcept
        : directory_(std::move(directory)) {}

    std::shared_ptr<detail::Descriptor> directory_;
};
static_assert(PackageStore<FileStore>);

} // namespace mde::inline MDE_ABI

#endif
