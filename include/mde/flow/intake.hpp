// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_INTAKE_HPP
#define MDE_FLOW_INTAKE_HPP

/// @file
/// The bytes of a package in their order: counted, hashed and proven as they pass.

#include <mde/base/result.hpp>
#include <mde/flow/content_proof.hpp>
#include <mde/model/content_kind.hpp>
#include <mde/port/hasher.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mde::inline MDE_ABI::flow {

/// What the bytes of one package pass through.
/// Distinct objects: safe. Shared objects: unsafe.
template <Hasher PackageHasher>
class Intake {
  public:
    /// Of a download of that kind; `begin` comes first.
    explicit Intake(ContentKind kind) noexcept : proof_(kind) {}

    /// From the first byte on, whatever was taken before.
    void begin() {
        taken_ = 0;
        hasher_.emplace();
        proof_.begin();
    }

    /// So many bytes went through, from the first one on.
    std::uint64_t taken() const noexcept { return taken_; }

    /// The next bytes; `still_to_come` as far as known. False if they cannot be what they should.
    bool take(std::span<const std::byte> bytes, std::uint64_t still_to_come) {
        if (!proof_.feed(bytes, still_to_come)) return false;
        hasher_->update(bytes);
        taken_ += bytes.size();
        return true;
    }

    /// The hash of all bytes, if they are whole as far as they can tell.
    /// @par Errors errc::not_a_package, errc::zip_incomplete, those of the hasher
    result<Sha256Digest> finish() {
        if (const error_code error = proof_.at_end()) return error;
        return hasher_->finish();
    }

  private:
    std::uint64_t taken_ = 0;
    std::optional<PackageHasher> hasher_;
    ContentProof proof_;
};

} // namespace mde::inline MDE_ABI::flow

#endif
