// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_PERMISSION_HPP
#define MDE_MODEL_PERMISSION_HPP

/// @file
/// The API permissions that the calls of this SDK need.

#include <mde/base/version.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI {

/// A permission of the API `WindowsDefenderATP`, application or delegated. The order is that of
/// `permission_names`.
enum class Permission {
    /// `Machine.Read`
    machine_read,
    /// `Machine.ReadWrite`
    machine_read_write,
    /// `Machine.Read.All`
    machine_read_all,
    /// `Machine.ReadWrite.All`
    machine_read_write_all,
    /// `Machine.CollectForensics`
    machine_collect_forensics,
    /// `Machine.Isolate`
    machine_isolate,
    /// `Machine.RestrictExecution`
    machine_restrict_execution,
    /// `Machine.Scan`
    machine_scan,
    /// `Machine.Offboard`
    machine_offboard,
    /// `Machine.StopAndQuarantine`
    machine_stop_and_quarantine,
    /// `Machine.LiveResponse`
    machine_live_response,
    /// `Vulnerability.Read`
    vulnerability_read,
    /// `Vulnerability.Read.All`
    vulnerability_read_all,
    /// `Software.Read`
    software_read,
    /// `Software.Read.All`
    software_read_all,
    /// `SecurityBaselinesAssessment.Read`
    security_baselines_assessment_read,
    /// `SecurityBaselinesAssessment.Read.All`
    security_baselines_assessment_read_all,
};

/// The names of `Permission`, in its order, as they stand in a token's `roles` or `scp`.
inline constexpr std::array<std::string_view, 17> permission_names{
    "Machine.Read",
    "Machine.ReadWrite",
    "Machine.Read.All",
    "Machine.ReadWrite.All",
    "Machine.CollectForensics",
    "Machine.Isolate",
    "Machine.RestrictExecution",
    "Machine.Scan",
    "Machine.Offboard",
    "Machine.StopAndQuarantine",
    "Machine.LiveResponse",
    "Vulnerability.Read",
    "Vulnerability.Read.All",
    "Software.Read",
    "Software.Read.All",
    "SecurityBaselinesAssessment.Read",
    "SecurityBaselinesAssessment.Read.All",
};

/// The name as it stands in a token's `roles` or `scp`.
constexpr std::string_view name_of(Permission permission) noexcept {
    return permission_names[static_cast<std::size_t>(permission)];
}

/// Empty if the name is not one of `permission_names`; case matters.
constexpr std::optional<Permission> find_permission(std::string_view name) noexcept {
    for (std::size_t i = 0; i < permission_names.size(); ++i)
        if (permission_names[i] == name) return static_cast<Permission>(i);
    return std::nullopt;
}

/// A set of permissions of which one is enough.
class AnyOf {
  public:
    /// The set of these; of none at all, it is empty and nothing satisfies it.
    template <class... Permissions>
    constexpr explicit AnyOf(Permissions... permissions) noexcept
        : bits_((0u | ... | bit(permissions))) {}

    /// Whether `permission` is in the set.
    constexpr bool contains(Permission permission) const noexcept {
        return (bits_ & bit(permission)) != 0;
    }

    /// True if one of the `granted` ones is enough.
    constexpr bool satisfied_by(AnyOf granted) const noexcept {
        return (bits_ & granted.bits_) != 0;
    }

    /// This set and one more.
    constexpr AnyOf with(Permission permission) const noexcept {
        AnyOf larger = *this;
        larger.bits_ |= bit(permission);
        return larger;
    }

    /// Whether there is none in it.
    constexpr bool empty() const noexcept { return bits_ == 0; }

    friend constexpr bool operator==(const AnyOf&, const AnyOf&) noexcept = default;

  private:
    static constexpr unsigned bit(Permission permission) noexcept {
        return 1u << static_cast<unsigned>(permission);
    }

    unsigned bits_;
};

} // namespace mde::inline MDE_ABI

#endif
