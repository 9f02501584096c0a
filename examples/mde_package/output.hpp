// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_OUTPUT_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_OUTPUT_HPP

/// @file
/// Standard output, with every write checked, and how things are spelled on it.

#include <mde/model/machine_action.hpp>
#include <mde/model/package_key.hpp>
#include <mde/model/receipt.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mde_package {

/// A descriptor that lines are written to. The first failed write is remembered, the rest is
/// dropped.
class Output {
  public:
    explicit Output(int descriptor) noexcept : descriptor_(descriptor) {}

    /// Writes `text` and a line break at once.
    void line(std::string_view text);
    /// The same for JSON: what is not ASCII in it is escaped, since a terminal takes some of it for
    /// commands and some for the direction of writing.
    void json_line(std::string_view json);
    /// Writes `text` as it is.
    void write(std::string_view text);
    bool ok() const noexcept { return ok_; }

  private:
    int descriptor_;
    bool ok_ = true;
};

/// `8.0 MiB`
std::string size_text(std::uint64_t bytes);
/// `2.4 s`
std::string span_text(mde::Duration span);
/// One readable line about an action. The server's texts in it are made safe to show.
std::string action_text(const mde::MachineAction& action);
/// The word for a status, also for one that this program does not know.
std::string status_text(const mde::OpenEnum<mde::MachineActionStatus>& status);
/// One readable line about a stored package.
std::string receipt_text(const mde::Receipt& receipt, const std::string& path);
/// `DIRECTORY/NAME.zip`, or what extension the key has.
std::string stored_path(const std::string& directory, const mde::PackageKey& key);

} // namespace mde_package

#endif
