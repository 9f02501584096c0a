// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_REQUEST_COMMENT_HPP
#define MDE_SERVICE_REQUEST_COMMENT_HPP

/// @file
/// The comment in the body of a request that changes something.

#include <mde/base/linkage.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/wire/json.hpp>

#include <string>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// What the body was.
enum class CommentForm {
    /// There is a comment.
    given,
    /// A JSON object without it, or with an empty one; `comment` is another name.
    missing,
    /// No JSON object, or the comment is no string.
    malformed,
};

/// What was said.
struct RequestComment {
    /// Whether it was said.
    CommentForm form = CommentForm::missing;
    /// Of `given`.
    std::string text{};
};

/// Reads `{"Comment":"..."}`. An empty body holds no comment.
MDE_DECL RequestComment read_comment(const IncomingRequest& request);

#if MDE_DEFINITIONS

MDE_DECL RequestComment read_comment(const IncomingRequest& request) {
    if (request.body.empty()) return {CommentForm::missing};
    if (!ascii::starts_with_ignoring_case(request.field("Content-Type"), "application/json"))
        return {CommentForm::malformed};
    const auto document = wire::parse_json_object(request.body);
    if (!document) return {CommentForm::malformed};
    wire::Members members(*document);
    std::string text = members.string("Comment").value_or("");
    if (!members.ok()) return {CommentForm::malformed};
    if (text.empty()) return {CommentForm::missing};
    return {CommentForm::given, std::move(text)};
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
