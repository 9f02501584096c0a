// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_PART_FILE_HPP
#define MDE_ADAPTER_DETAIL_PART_FILE_HPP

/// @file
/// An unfinished file with the journal that lets another process go on with it.

#include <mde/adapter/detail/extents.hpp>
#include <mde/adapter/detail/posix_file.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/model/package_part.hpp>
#include <mde/wire/part_journal_codec.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// Whether space is taken at once where the file system can.
enum class Space {
    reserved,
    as_needed,
};

/// `NAME.part` and `NAME.journal` in a directory, for whoever holds the lock on `NAME`. Bytes
/// are written before the mark that speaks of them: what the journal says is there is there, for
/// another process always, after a power failure as far as it was synced.
/// Distinct objects: safe. Shared objects: unsafe.
class PartFile {
  public:
    /// `directory` outlives the object.
    PartFile(int directory, std::string name);
    PartFile(PartFile&&) noexcept = default;
    PartFile& operator=(PartFile&&) noexcept = default;

    /// What the journal of the file `name` is called.
    static std::string journal_of(const std::string& name) { return name + ".journal"; }

    const PackagePart& part() const noexcept { return part_; }
    const std::string& name() const noexcept { return name_; }
    const std::string& part_name() const noexcept { return part_name_; }

    /// Takes up what an earlier process left, if its journal is whole and the file is the one that
    /// it speaks of.
    void adopt();

    /// Begins anew; an earlier part is dropped.
    error_code begin(const PackagePart& part, Space space);

    /// Bytes behind the declared end are refused.
    error_code write(std::uint64_t offset, std::span<const std::byte> bytes);

    result<std::size_t> read(std::uint64_t offset, std::span<std::byte> bytes) const;

    error_code sync() noexcept { return detail::sync(file_.number()); }

    /// True if `name` leads to what was written, and to nothing that was put in its place.
    bool is_at(const std::string& name) const noexcept;

    /// Leaves both files to the next process, or nothing if that could not go on with them.
    void keep() noexcept;

    void drop() noexcept;

    /// The part has got its final name.
    void published() noexcept;

  private:
    void remove(const std::string& name) noexcept { ::unlinkat(directory_, name.c_str(), 0); }

    void close() noexcept;

    void forget() noexcept;
    std::optional<std::pair<wire::PartJournal, wire::PartMarks>> read_journal() const;

    bool fits(const wire::PartJournal& journal) const noexcept;

    error_code write_journal();

    /// Says how far we are; now and then only after the system has made sure of it.
    error_code mark() noexcept;

    int directory_;
    std::string name_;
    std::string part_name_;
    std::string journal_name_;
    Descriptor file_;
    Descriptor journal_;
    PackagePart part_;
    Extents extents_;
    /// What the journal says.
    wire::PartMarks marked_;
    std::size_t marks_at_ = 0;
};

#if MDE_DEFINITIONS

MDE_DECL PartFile::PartFile(int directory, std::string name)
    : directory_(directory),
      name_(std::move(name)),
      part_name_(name_ + ".part"),
      journal_name_(journal_of(name_)) {}

MDE_DECL void PartFile::adopt() {
    file_ = open_private(directory_, part_name_);
    journal_ = open_private(directory_, journal_name_);
    const auto found = read_journal();
    if (!found || !fits(found->first)) return forget();
    const wire::PartMarks& marks = found->second;
    const std::string boot = boot_id();
    const bool same_run = !boot.empty() && found->first.boot == boot;
    const std::uint64_t good = same_run ? marks.stored : marks.synced;
    if (size_of_file(file_.number()) < good) return forget();
    part_ = {found->first.total, found->first.etag, good};
    extents_.add(0, good);
    marked_ = {good, marks.synced};
    marks_at_ =
        static_cast<std::size_t>(size_of_file(journal_.number())) - wire::PartMarksText::capacity();
    // The marks of another run must not be taken for those of this one.
    if (!same_run && write_journal()) forget();
}

MDE_DECL error_code PartFile::begin(const PackagePart& part, Space space) {
    // In this order: a journal never stands beside a file that it does not speak of.
    remove(journal_name_);
    forget();
    error_code ec;
    file_ = create_private(directory_, part_name_, ec);
    if (!ec && part.total && space == Space::reserved)
        ec = reserve_space(file_.number(), *part.total);
    if (ec) return ec;
    part_ = {part.total, part.etag, 0};
    if (!part_.is_resumable()) return {};
    journal_ = create_private(directory_, journal_name_, ec);
    return ec ? ec : write_journal();
}

MDE_DECL error_code PartFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (part_.total && (offset > *part_.total || bytes.size() > *part_.total - offset))
        return make_error_code(errc::store_failed);
    if (const error_code ec = write_all(file_.number(), offset, bytes)) return ec;
    extents_.add(offset, offset + bytes.size());
    part_.stored = extents_.prefix();
    if (!journal_.is_open() || part_.stored - marked_.stored < bounds::journal_step) return {};
    return mark();
}

MDE_DECL result<std::size_t> PartFile::read(std::uint64_t offset,
                                            std::span<std::byte> bytes) const {
    return read_all(file_.number(), offset, bytes);
}

MDE_DECL bool PartFile::is_at(const std::string& name) const noexcept {
    return is_named(directory_, name, file_.number());
}

MDE_DECL void PartFile::keep() noexcept {
    const bool is_worth_it = journal_.is_open() && part_.stored != 0 && !mark();
    if (!is_worth_it) return drop();
    close();
}

MDE_DECL void PartFile::drop() noexcept {
    close();
    remove(journal_name_);
    remove(part_name_);
}

MDE_DECL void PartFile::published() noexcept {
    close();
    remove(journal_name_);
}

MDE_DECL void PartFile::close() noexcept {
    file_.close();
    journal_.close();
}

MDE_DECL void PartFile::forget() noexcept {
    close();
    part_ = {};
    extents_.clear();
    marked_ = {};
}

MDE_DECL std::optional<std::pair<wire::PartJournal, wire::PartMarks>>
PartFile::read_journal() const {
    if (!file_.is_open() || !journal_.is_open()) return std::nullopt;
    std::array<std::byte, bounds::part_journal + 1> bytes;
    const auto size = read_all(journal_.number(), 0, bytes);
    if (!size) return std::nullopt;
    return wire::decode_part_journal(
        std::string_view(reinterpret_cast<const char*>(bytes.data()), *size));
}

MDE_DECL bool PartFile::fits(const wire::PartJournal& journal) const noexcept {
    return journal.name == name_ && journal.inode == inode_of(file_.number());
}

MDE_DECL error_code PartFile::write_journal() {
    std::string text = wire::encode_part_journal(
        {name_, *part_.total, part_.etag, boot_id(), inode_of(file_.number())});
    marks_at_ = text.size();
    text += wire::encode_part_marks(marked_).view();
    if (text.size() > bounds::part_journal) return make_error_code(errc::store_failed);
    return write_all(journal_.number(), 0, std::as_bytes(std::span(text)));
}

MDE_DECL error_code PartFile::mark() noexcept {
    if (part_.stored - marked_.synced >= bounds::sync_step) {
        if (const error_code ec = sync_data(file_.number())) return ec;
        marked_.synced = part_.stored;
    }
    marked_.stored = part_.stored;
    const wire::PartMarksText text = wire::encode_part_marks(marked_);
    return write_all(journal_.number(), marks_at_, std::as_bytes(std::span(text.view())));
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
