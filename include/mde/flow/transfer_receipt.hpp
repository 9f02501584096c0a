// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_TRANSFER_RECEIPT_HPP
#define MDE_FLOW_TRANSFER_RECEIPT_HPP

/// @file
/// What a transfer enters into the receipt of its package.

#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/printable.hpp>
#include <mde/base/time.hpp>
#include <mde/model/package_key.hpp>
#include <mde/model/receipt.hpp>
#include <mde/wire/http_message.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::flow {

/// Where the bytes of one answer came from; the last answer that brought some is what is shown.
MDE_DECL void enter_source(Receipt& receipt, const ResponseHead& head, std::string_view host,
                           const std::string& request_id);

/// What was proven at the end.
MDE_DECL void enter_proof(Receipt& receipt, const PackageKey& key, const Sha256Digest& digest,
                          std::uint64_t length, UtcTime now);

#if MDE_DEFINITIONS

MDE_DECL void enter_source(Receipt& receipt, const ResponseHead& head, std::string_view host,
                           const std::string& request_id) {
    receipt.source_host = host;
    receipt.etag = printable_word(head.field_or_empty("ETag"), bounds::shown_word);
    receipt.media_type = printable_word(head.field_or_empty("Content-Type"), bounds::shown_word);
    if (!request_id.empty()) receipt.request_ids.push_back(request_id);
}

MDE_DECL void enter_proof(Receipt& receipt, const PackageKey& key, const Sha256Digest& digest,
                          std::uint64_t length, UtcTime now) {
    receipt.content = key.content();
    if (!key.is_package()) receipt.index = key.index();
    if (key.is_export()) receipt.generated = key.generated();
    receipt.sha256 = digest;
    receipt.length = length;
    receipt.stored = now;
    receipt.sdk_version = MDE_VERSION_STRING;
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
