// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_COMMENT_HPP
#define MDE_REQUEST_COMMENT_HPP

/// @file
/// The body `{"Comment":"..."}` that calls which change something carry.

#include <mde/base/bounds.hpp>
#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>
#include <mde/wire/json_text.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// Why something is done; it ends in the action, the audit log and the receipt.
/// @par Errors errc::malformed_comment: empty, longer than 4 KiB or not UTF-8
MDE_DECL error_code check_comment(std::string_view comment) noexcept;

/// The name is case-sensitive: `comment` is answered with 400.
MDE_DECL std::string comment_body(std::string_view comment);

#if MDE_DEFINITIONS

MDE_DECL error_code check_comment(std::string_view comment) noexcept {
    if (comment.empty() || comment.size() > bounds::comment || !wire::is_utf8(comment))
        return make_error_code(errc::malformed_comment);
    return {};
}

MDE_DECL std::string comment_body(std::string_view comment) {
    std::string body = R"({"Comment":)";
    wire::append_json_string(body, comment);
    body.push_back('}');
    return body;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
