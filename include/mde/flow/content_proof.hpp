// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_CONTENT_PROOF_HPP
#define MDE_FLOW_CONTENT_PROOF_HPP

/// @file
/// Whether the bytes of a download are what they should be: seen at the beginning, proven at the
/// end.

#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>
#include <mde/model/content_kind.hpp>
#include <mde/wire/gzip_header.hpp>
#include <mde/wire/zip_end_record.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mde::inline MDE_ABI::flow {

/// Fed with one body, piece by piece. Distinct objects: safe. Shared objects: unsafe.
class ContentProof {
  public:
    /// Of a body of that kind.
    explicit ContentProof(ContentKind kind) noexcept : kind_(kind) {}

    /// Begins again with another body.
    void begin() noexcept;

    /// The next bytes, none of them passed over; `still_to_come` as far as known. False, and the
    /// bytes are not to be stored, if they cannot be the beginning that they stand at.
    bool feed(std::span<const std::byte> bytes, std::uint64_t still_to_come) noexcept;

    /// No error if the body, which has properly ended, is whole as far as its bytes can tell.
    /// @par Errors errc::not_a_package, errc::zip_incomplete
    error_code at_end() const noexcept;

  private:
    bool begins_well(std::span<const std::byte> bytes) noexcept;

    /// A first piece of less than four bytes is given the benefit of the doubt: the end decides.
    static bool begins_like_zip(std::span<const std::byte> bytes) noexcept;

    ContentKind kind_;
    std::uint64_t total_ = 0;
    std::array<std::byte, 3> head_{};
    wire::ZipTail tail_;
};

#if MDE_DEFINITIONS

MDE_DECL void ContentProof::begin() noexcept {
    total_ = 0;
    tail_ = {};
}

MDE_DECL bool ContentProof::feed(std::span<const std::byte> bytes,
                                 std::uint64_t still_to_come) noexcept {
    if (!begins_well(bytes)) return false;
    if (kind_ == ContentKind::zip) tail_.feed(bytes, still_to_come);
    total_ += bytes.size();
    return true;
}

MDE_DECL error_code ContentProof::at_end() const noexcept {
    switch (kind_) {
    case ContentKind::zip:
        if (total_ == 0) return make_error_code(errc::not_a_package);
        return tail_.complete() ? error_code() : make_error_code(errc::zip_incomplete);
    case ContentKind::gzip:
        return total_ >= wire::least_gzip ? error_code() : make_error_code(errc::not_a_package);
    case ContentKind::any: break;
    }
    return {};
}

MDE_DECL bool ContentProof::begins_well(std::span<const std::byte> bytes) noexcept {
    if (kind_ == ContentKind::zip) return total_ != 0 || begins_like_zip(bytes);
    if (kind_ == ContentKind::any || total_ >= head_.size()) return true;
    // The first bytes may come one by one.
    std::size_t known = static_cast<std::size_t>(total_);
    for (std::size_t i = 0; i < bytes.size() && known < head_.size(); ++i)
        head_[known++] = bytes[i];
    return wire::begins_like_gzip(std::span(head_).first(known));
}

MDE_DECL bool ContentProof::begins_like_zip(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() >= 4) return wire::has_zip_signature(bytes);
    return bytes.front() == std::byte{'P'};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
