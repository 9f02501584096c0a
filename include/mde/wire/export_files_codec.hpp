// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_EXPORT_FILES_CODEC_HPP
#define MDE_WIRE_EXPORT_FILES_CODEC_HPP

/// @file
/// The envelope of the export calls: `exportFiles` and `generatedTime`, both ways.

#include <mde/base/civil_date.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/export_files.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/codec.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include <boost/json/serialize.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

/// The answer of an export call. Source: "Export software vulnerabilities assessment per device"
/// and API-CONTRACT 4: links of Azure Storage, never quoted twice, each with its own `se`.
template <>
struct Codec<ExportFiles> {
    /// One link that is none refuses them all: files that go missing unseen would make the
    /// snapshot a wrong one.
    /// @par Errors errc::malformed_answer, errc::duplicate_member, errc::answer_too_large (also of
    /// more links than bounds::export_files), errc::malformed_link
    static result<ExportFiles> decode(const Answer& answer);

    /// For the service side, which makes links and so may hold them as text.
    static std::string encode(std::span<const std::string> links,
                              const std::optional<UtcTime>& generated, std::string_view base);

  private:
    /// The service writes year 1 for "none".
    static std::optional<UtcTime> read_generated(Members& members);
};

#if MDE_DEFINITIONS

MDE_DECL result<ExportFiles> Codec<ExportFiles>::decode(const Answer& answer) {
    WipingResource memory;
    const result<json::object> document = parse_json_object(answer.body, &memory);
    if (!document) return document.error();
    Members members(*document);
    const json::array* links = members.array("exportFiles");
    ExportFiles files;
    files.generated = read_generated(members);
    if (links == nullptr || !members.ok()) return make_error_code(errc::malformed_answer);
    if (links->size() > bounds::export_files) return make_error_code(errc::answer_too_large);
    files.files.reserve(links->size());
    const LinkTimes times = link_times_of(answer);
    for (const json::value& link : *links) {
        if (!link.is_string()) return make_error_code(errc::malformed_answer);
        result<PackageUri> uri =
            PackageUriMint::mint(Secret(link.get_string()), times, answer.expiry);
        if (!uri) return uri.error();
        files.files.push_back(std::move(*uri));
    }
    return files;
}

MDE_DECL std::string Codec<ExportFiles>::encode(std::span<const std::string> links,
                                                const std::optional<UtcTime>& generated,
                                                std::string_view base) {
    json::array files;
    for (const std::string& link : links) files.push_back(json::string(link));
    json::object document;
    document["@odata.context"] =
        std::string(base) + "/api/$metadata#microsoft.windowsDefenderATP.api.ExportFilesResponse";
    document["exportFiles"] = std::move(files);
    document["generatedTime"] = generated
                                    ? json::value(json::string(format_date(*generated).view()))
                                    : json::value(nullptr);
    return json::serialize(document);
}

MDE_DECL std::optional<UtcTime> Codec<ExportFiles>::read_generated(Members& members) {
    const auto text = members.string("generatedTime");
    if (!text) return std::nullopt;
    const result<UtcTime> date = parse_date(*text);
    if (!date) members.reject();
    if (!date || *date < utc_of(CivilDate{2, 1, 1})) return std::nullopt;
    return *date;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
