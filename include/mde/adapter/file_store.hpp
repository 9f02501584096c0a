// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_FILE_STORE_HPP
#define MDE_ADAPTER_FILE_STORE_HPP

/// @file
/// Packages as files in one directory (POSIX): whole under their final name, or not there.

#include <mde/adapter/detail/lock_file.hpp>
#include <mde/adapter/detail/part_file.hpp>
#include <mde/adapter/detail/posix_file.hpp>
#include <mde/base/linkage.hpp>
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

/// What becomes of a transfer that did not come to its end.
enum class Unfinished {
    /// It stays, if another transfer could go on with it.
    kept,
    /// It is removed.
    dropped,
};

/// What a `FileStore` may be told.
struct FileStoreOptions {
    /// What becomes of a transfer that did not come to its end.
    Unfinished unfinished = Unfinished::kept;
    /// Take the space for the whole package at once where the file system can.
    bool reserve_space = true;
};

/// For action `A` the package is `A.zip` and its receipt `A.receipt.json`; while it is written
/// there are `A.zip.part`, `A.zip.journal`, `A.receipt.json.part` and `A.lock`. A transfer that
/// broke off, was cancelled or died with its process leaves the first two, and the next one goes on
/// with them. Other downloads have names and extensions of their own; see `PackageKey`. Files are
/// readable by their owner only. `commit` syncs both files, publishes the receipt, then the
/// package, each by one rename, and syncs the directory: a package that is there has its receipt.
/// Nothing is ever replaced but a receipt whose package is missing. Links, pipes and other people's
/// files at these names are never followed, read or written. Whoever else may write to the
/// directory may still remove or replace what lies in it: make it for one user. Copies share the
/// directory.
/// Distinct objects: safe, in other processes too. Shared objects: safe.
class FileStore {
  public:
    /// Opens `path`, and makes its last component if it is missing (readable by its owner only).
    /// @par Errors errc::store_denied, errc::store_no_space, errc::store_failed
    static result<FileStore> in(const std::string& path, const FileStoreOptions& options = {});

    /// Meets `PartWriter`.
    class Writer {
      public:
        /// Leaves the other one of no use.
        Writer(Writer&&) noexcept = default;
        /// Likewise; what was written here is left as by `keep`.
        Writer& operator=(Writer&& other) noexcept;
        ~Writer() { keep(); }

        /// What is there; after `open`, what was kept earlier.
        const PackagePart& part() const noexcept { return file_.part(); }

        /// Makes the file, and takes its space where that is wanted.
        /// @par Errors errc::store_no_space, errc::store_denied, errc::store_failed
        error_code begin(const PackagePart& part);

        /// Writes `bytes` at `offset`, and notes in the journal from time to time how far they are
        /// whole.
        /// @par Errors errc::store_no_space, errc::store_denied, errc::store_failed
        error_code write(std::uint64_t offset, std::span<const std::byte> bytes);

        /// Fewer bytes than asked for at the end of the file.
        /// @par Errors errc::store_failed
        result<std::size_t> read(std::uint64_t offset, std::span<std::byte> bytes) const;

        /// After an error what was written is kept, as `keep` does.
        /// @par Errors as `write`, and errc::store_has_package; errc::store_denied also if somebody
        /// put another file in the place of what was written
        error_code commit(const Receipt& receipt);

        /// Leaves what was written to the next `open`, unless the options say otherwise.
        void keep() noexcept;

        /// Removes what was written.
        void abort() noexcept;

      private:
        friend class FileStore;
        Writer(std::shared_ptr<detail::Descriptor> directory, const FileStoreOptions& options,
               const PackageKey& key, detail::Descriptor lock);

        int directory() const noexcept { return directory_->number(); }

        void unlock() noexcept;
        error_code write_receipt(const Receipt& receipt);

        /// One that lies there without its package is of a commit that was cut off.
        error_code publish_receipt();

        std::shared_ptr<detail::Descriptor> directory_;
        FileStoreOptions options_;
        std::string name_;
        std::string receipt_part_;
        std::string lock_name_;
        detail::Descriptor lock_;
        detail::PartFile file_;
    };

    /// Whether the whole package is there.
    bool has(const PackageKey& key) const;

    /// A writer for what is there, or for nothing yet; the lock is its own.
    /// @par Errors errc::store_has_package, errc::store_busy, errc::store_denied,
    /// errc::store_failed
    result<Writer> open(const PackageKey& key);

    /// `A.zip`, without the directory.
    static std::string file_name_of(const PackageKey& key);

  private:
    /// What an earlier transfer left is not lost for want of memory to take it up.
    struct LetGo {
        Writer* writer;
        ~LetGo();
    };

    static std::string lock_name_of(const PackageKey& key);

    FileStore(std::shared_ptr<detail::Descriptor> directory,
              const FileStoreOptions& options) noexcept
        : directory_(std::move(directory)), options_(options) {}

    std::shared_ptr<detail::Descriptor> directory_;
    FileStoreOptions options_;
};
static_assert(PackageStore<FileStore> && PartWriter<FileStore::Writer>);

#if MDE_DEFINITIONS

MDE_DECL result<FileStore> FileStore::in(const std::string& path, const FileStoreOptions& options) {
    result<detail::Descriptor> directory = detail::make_directory(path);
    if (!directory) return directory.error();
    return FileStore(std::make_shared<detail::Descriptor>(std::move(*directory)), options);
}

MDE_DECL FileStore::Writer& FileStore::Writer::operator=(Writer&& other) noexcept {
    keep();
    directory_ = std::move(other.directory_);
    options_ = other.options_;
    name_ = std::move(other.name_);
    receipt_part_ = std::move(other.receipt_part_);
    lock_name_ = std::move(other.lock_name_);
    lock_ = std::move(other.lock_);
    file_ = std::move(other.file_);
    return *this;
}

MDE_DECL error_code FileStore::Writer::begin(const PackagePart& part) {
    const bool at_once = options_.reserve_space;
    return file_.begin(part, at_once ? detail::Space::reserved : detail::Space::as_needed);
}

MDE_DECL error_code FileStore::Writer::write(std::uint64_t offset,
                                             std::span<const std::byte> bytes) {
    return file_.write(offset, bytes);
}

MDE_DECL result<std::size_t> FileStore::Writer::read(std::uint64_t offset,
                                                     std::span<std::byte> bytes) const {
    return file_.read(offset, bytes);
}

MDE_DECL error_code FileStore::Writer::commit(const Receipt& receipt) {
    error_code ec = file_.sync();
    if (!ec) ec = write_receipt(receipt);
    if (!ec && !file_.is_at(file_.part_name())) ec = make_error_code(errc::store_denied);
    if (!ec) ec = publish_receipt();
    if (!ec) ec = detail::publish(directory(), file_.part_name(), file_.name());
    if (!ec && !file_.is_at(file_.name())) ec = make_error_code(errc::store_denied);
    if (!ec) {
        ec = detail::sync(directory());
        file_.published();
        unlock();
    }
    keep();
    return ec;
}

MDE_DECL void FileStore::Writer::keep() noexcept {
    if (!directory_) return;
    if (options_.unfinished == Unfinished::kept)
        file_.keep();
    else
        file_.drop();
    unlock();
}

MDE_DECL void FileStore::Writer::abort() noexcept {
    if (!directory_) return;
    file_.drop();
    unlock();
}

MDE_DECL FileStore::Writer::Writer(std::shared_ptr<detail::Descriptor> directory,
                                   const FileStoreOptions& options, const PackageKey& key,
                                   detail::Descriptor lock)
    : directory_(std::move(directory)),
      options_(options),
      name_(key.name().view()),
      receipt_part_(name_ + ".receipt.json.part"),
      lock_name_(lock_name_of(key)),
      lock_(std::move(lock)),
      file_(directory_->number(), file_name_of(key)) {}

MDE_DECL void FileStore::Writer::unlock() noexcept {
    for (const std::string* name : {&receipt_part_, &lock_name_})
        ::unlinkat(directory(), name->c_str(), 0);
    lock_.close();
    directory_.reset();
}

MDE_DECL error_code FileStore::Writer::write_receipt(const Receipt& receipt) {
    error_code ec;
    const detail::Descriptor file = detail::create_private(directory(), receipt_part_, ec);
    if (ec) return ec;
    const std::string text = wire::encode_receipt(receipt) + "\n";
    ec = detail::write_all(file.number(), 0, std::as_bytes(std::span(text)));
    return ec ? ec : detail::sync(file.number());
}

MDE_DECL error_code FileStore::Writer::publish_receipt() {
    const std::string to = name_ + ".receipt.json";
    if (::renameat(directory(), receipt_part_.c_str(), directory(), to.c_str()) != 0)
        return detail::store_error(errno);
    return {};
}

MDE_DECL bool FileStore::has(const PackageKey& key) const {
    return detail::exists(directory_->number(), file_name_of(key));
}

MDE_DECL result<FileStore::Writer> FileStore::open(const PackageKey& key) {
    const std::string journal = detail::PartFile::journal_of(file_name_of(key));
    if (has(key) && !detail::exists(directory_->number(), journal))
        return make_error_code(errc::store_has_package);
    error_code ec;
    detail::Descriptor lock = detail::lock_file(directory_->number(), lock_name_of(key), ec);
    if (ec) return ec;
    // From here on the writer's destructor tidies up.
    Writer writer(directory_, options_, key, std::move(lock));
    LetGo unless_adopted{&writer};
    // Published in the meantime, or by somebody who died right afterwards.
    if (has(key)) {
        unless_adopted.writer = nullptr;
        writer.abort();
        return make_error_code(errc::store_has_package);
    }
    writer.file_.adopt();
    unless_adopted.writer = nullptr;
    return writer;
}

MDE_DECL std::string FileStore::file_name_of(const PackageKey& key) {
    return std::string(key.name().view()).append(key.extension());
}

MDE_DECL FileStore::LetGo::~LetGo() {
    if (writer != nullptr) writer->unlock();
}

MDE_DECL std::string FileStore::lock_name_of(const PackageKey& key) {
    return std::string(key.name().view()) + ".lock";
}

#endif

} // namespace mde::inline MDE_ABI

#endif
