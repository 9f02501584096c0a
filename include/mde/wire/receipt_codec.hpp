// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_RECEIPT_CODEC_HPP
#define MDE_WIRE_RECEIPT_CODEC_HPP

/// @file
/// The custody receipt as JSON, both ways.

#include <mde/base/linkage.hpp>
#include <mde/model/receipt.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/serialize.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

/// One line of JSON without a line break at its end. Never holds a link or a token: the type has no
/// place for one.
MDE_DECL std::string encode_receipt(const Receipt& receipt);

/// Reads it again.
/// @par Errors errc::malformed_answer, errc::duplicate_member, errc::answer_too_large
MDE_DECL result<Receipt> decode_receipt(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL std::string encode_receipt(const Receipt& receipt) {
    const auto date = [](const std::optional<UtcTime>& utc) {
        return utc ? json::value(json::string(format_date(*utc).view())) : json::value(nullptr);
    };
    const json::value index = receipt.index ? json::value(*receipt.index) : json::value(nullptr);
    json::array request_ids;
    for (const std::string& id : receipt.request_ids) request_ids.push_back(json::string(id));
    const json::object document{{"schema", "mde-receipt-1"},
                                {"tenant", receipt.tenant},
                                {"machine", receipt.machine},
                                {"computerDnsName", receipt.computer_dns_name},
                                {"action", receipt.action},
                                {"requestor", receipt.requestor},
                                {"comment", receipt.comment},
                                {"actionCreated", date(receipt.action_created)},
                                {"actionUpdated", date(receipt.action_updated)},
                                {"linkRequested", date(receipt.link_requested)},
                                {"downloadStarted", date(receipt.download_started)},
                                {"stored", date(receipt.stored)},
                                {"sourceHost", receipt.source_host},
                                {"length", receipt.length},
                                {"sha256", receipt.sha256.hex().view()},
                                {"etag", receipt.etag},
                                {"mediaType", receipt.media_type},
                                {"requestIds", std::move(request_ids)},
                                {"sdkVersion", receipt.sdk_version},
                                {"content", receipt.content},
                                {"index", index},
                                {"generated", date(receipt.generated)}};
    return json::serialize(document);
}

MDE_DECL result<Receipt> decode_receipt(std::string_view text) {
    const result<json::object> document = parse_json_object(text);
    if (!document) return document.error();
    Members members(*document);
    const auto date = [&](std::string_view name) -> std::optional<UtcTime> {
        const auto raw = members.string(name);
        if (!raw) return std::nullopt;
        const result<UtcTime> utc = parse_date(*raw);
        if (!utc) members.reject();
        return utc ? std::optional<UtcTime>(*utc) : std::nullopt;
    };
    const auto digest = Sha256Digest::from_hex(members.string("sha256").value_or(""));
    const auto length = members.integer("length");
    if (members.string("schema") != "mde-receipt-1" || !digest || !length || *length < 0)
        return make_error_code(errc::malformed_answer);
    Receipt receipt;
    receipt.tenant = members.string("tenant").value_or("");
    receipt.machine = members.string("machine").value_or("");
    receipt.computer_dns_name = members.string("computerDnsName").value_or("");
    receipt.action = members.string("action").value_or("");
    receipt.requestor = members.string("requestor").value_or("");
    receipt.comment = members.string("comment").value_or("");
    receipt.action_created = date("actionCreated");
    receipt.action_updated = date("actionUpdated");
    receipt.link_requested = date("linkRequested").value_or(UtcTime());
    receipt.download_started = date("downloadStarted").value_or(UtcTime());
    receipt.stored = date("stored").value_or(UtcTime());
    receipt.source_host = members.string("sourceHost").value_or("");
    receipt.length = static_cast<std::uint64_t>(*length);
    receipt.sha256 = *digest;
    receipt.etag = members.string("etag").value_or("");
    receipt.media_type = members.string("mediaType").value_or("");
    if (const json::array* ids = members.array("requestIds"))
        for (const json::value& id : *ids)
            if (id.is_string())
                receipt.request_ids.emplace_back(id.get_string().data(), id.get_string().size());
    receipt.sdk_version = members.string("sdkVersion").value_or("");
    receipt.content = members.string("content").value_or("");
    if (const auto index = members.integer("index")) {
        if (*index < 0) members.reject();
        receipt.index = static_cast<std::uint64_t>(*index);
    }
    receipt.generated = date("generated");
    if (!members.ok()) return make_error_code(errc::malformed_answer);
    return receipt;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
