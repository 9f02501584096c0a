// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_PACKAGE_KEY_HPP
#define MDE_MODEL_PACKAGE_KEY_HPP

/// @file
/// The name under which a download is stored: made from ids, never from what a server said.

#include <mde/base/civil_date.hpp>
#include <mde/base/fixed_text.hpp>
#include <mde/base/time.hpp>
#include <mde/model/content_kind.hpp>
#include <mde/model/export_kind.hpp>
#include <mde/model/link_kind.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/model/tenant_id.hpp>

#include <string_view>

namespace mde::inline MDE_ABI {

/// The extension, with its leading dot, of what is stored under that `PackageKey::content()`. That
/// of a live-response result claims nothing: it is JSON, a file, or a file in gzip.
constexpr std::string_view extension_of_content(std::string_view content) noexcept {
    if (content == "InvestigationPackage") return ".zip";
    return content == "LiveResponseResult" ? ".bin" : ".json.gz";
}

/// Names a package, a live-response result or a file of an export, and says with it what the
/// download must be and where its link may lead. Distinct objects: safe. Shared objects: unsafe.
class PackageKey {
  public:
    /// Holds the longest `name()`.
    using Name = FixedText<3 * bounds::identifier + 96>;

    /// Names nothing.
    constexpr PackageKey() noexcept = default;

    /// One action gives one package, and its id is unique over all tenants.
    constexpr explicit PackageKey(const MachineActionId& action) noexcept : action_(action) {}

    /// The result of one command of a live-response action.
    static constexpr PackageKey live_response(const MachineActionId& action,
                                              unsigned index) noexcept {
        PackageKey key(action);
        key.what_ = What::live_response;
        key.index_ = index;
        return key;
    }

    /// One file of an export, by its place. Snapshots of two tenants may have been made in the same
    /// moment.
    static constexpr PackageKey export_file(ExportKind kind, const TenantId& tenant,
                                            UtcTime generated, unsigned index) noexcept {
        PackageKey key;
        key.what_ = What::export_file;
        key.export_ = kind;
        key.tenant_ = tenant;
        key.generated_ = generated;
        key.index_ = index;
        return key;
    }

    /// Of a package or a live-response result; otherwise empty.
    constexpr const MachineActionId& action() const noexcept { return action_; }
    /// Of the command or the file.
    constexpr unsigned index() const noexcept { return index_; }
    /// When the snapshot of an export was made; zero for all else.
    constexpr UtcTime generated() const noexcept { return generated_; }

    /// Whether it names an investigation package.
    constexpr bool is_package() const noexcept { return what_ == What::package; }
    /// Whether it names a file of an export.
    constexpr bool is_export() const noexcept { return what_ == What::export_file; }

    /// What a receipt calls it.
    constexpr std::string_view content() const noexcept {
        switch (what_) {
        case What::package: return "InvestigationPackage";
        case What::live_response: return "LiveResponseResult";
        case What::export_file: break;
        }
        return name_of(export_);
    }

    /// What the download must be.
    constexpr ContentKind content_kind() const noexcept {
        if (what_ == What::package) return ContentKind::zip;
        return what_ == What::export_file ? ContentKind::gzip : ContentKind::any;
    }

    /// Where its link may lead.
    constexpr LinkKind link_kind() const noexcept {
        return what_ == What::package ? LinkKind::package : LinkKind::blob;
    }

    /// Safe as a file name on every system: `[0-9A-Za-z%-]`. No two keys share one: `%-` stands in
    /// no package's name, whose escapes have two digits.
    constexpr Name name() const noexcept {
        Name text;
        if (what_ != What::export_file) text.append(action_.segment());
        if (what_ == What::live_response) text.append("%-result");
        if (what_ == What::export_file) {
            text.append(name_of(export_));
            text.append("%-");
            append_tenant(text);
            append_generated(text);
        }
        if (what_ == What::package) return text;
        text.append('-');
        text.append_number(index_);
        return text;
    }

    /// Of the stored file.
    constexpr std::string_view extension() const noexcept {
        return extension_of_content(content());
    }

    friend constexpr bool operator==(const PackageKey&, const PackageKey&) noexcept = default;

  private:
    enum class What {
        package,
        live_response,
        export_file,
    };

    /// The dots of a domain name are fit for a path, but not for this.
    constexpr void append_tenant(Name& text) const noexcept {
        const auto segment = tenant_.segment();
        for (const char c : segment.view()) {
            if (c == '.')
                text.append("%2E");
            else
                text.append(c);
        }
    }

    /// `-20240501T120000-0000000`: date, time and ticks in UTC.
    constexpr void append_generated(Name& text) const noexcept {
        const CivilTime time = civil_time(generated_);
        text.append('-');
        append_padded(text, static_cast<unsigned>(time.date.year), 4);
        append_padded(text, static_cast<unsigned>(time.date.month), 2);
        append_padded(text, static_cast<unsigned>(time.date.day), 2);
        text.append('T');
        append_padded(text, static_cast<unsigned>(time.hour), 2);
        append_padded(text, static_cast<unsigned>(time.minute), 2);
        append_padded(text, static_cast<unsigned>(time.second), 2);
        text.append('-');
        append_padded(text, static_cast<unsigned>(time.fraction), 7);
    }

    static constexpr void append_padded(Name& text, unsigned number, unsigned digits) noexcept {
        unsigned least = 10;
        for (unsigned i = 1; i < digits; ++i, least *= 10)
            if (number < least) text.append('0');
        text.append_number(number);
    }

    What what_ = What::package;
    ExportKind export_{};
    unsigned index_ = 0;
    UtcTime generated_{};
    MachineActionId action_;
    TenantId tenant_;
};

} // namespace mde::inline MDE_ABI

#endif
