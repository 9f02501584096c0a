// SPDX-License-Identifier: BSL-1.0
// Heads of answers, and the fields in them that decide what comes next; heads of requests, which
// nobody may add a line to.
#include <mde/adapter/detail/head_parser.hpp>
#include <mde/flow/classify.hpp>
#include <mde/flow/download_answer.hpp>
#include <mde/wire/request_head.hpp>

#include "fuzz/target.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace mde_fuzz {

namespace {

using namespace mde;

std::string written(const ResponseHead& head) {
    std::string text = "HTTP/1.1 " + std::to_string(head.status()) + " X\r\n";
    for (std::size_t i = 0; i < head.size(); ++i)
        text.append(head[i].name).append(": ").append(head[i].value).append("\r\n");
    return text + "\r\n";
}

bool same(const ResponseHead& a, const ResponseHead& b) {
    bool equal = a.status() == b.status() && a.size() == b.size();
    for (std::size_t i = 0; equal && i < a.size(); ++i)
        equal = a[i].name == b[i].name && a[i].value == b[i].value;
    return equal;
}

/// What is judged by a head alone: nothing here may depend on more than it.
void judge(const ResponseHead& head) {
    const auto framing = wire::body_framing(head);
    if (framing && framing->end == wire::BodyEnd::by_length && framing->length != 0)
        require(head.count("Content-Length") == 1 && head.count("Transfer-Encoding") == 0,
                "a length is declared once");
    const PackagePart part{1000, "\"tag\"", 0};
    for (const ContentKind kind : {ContentKind::zip, ContentKind::gzip, ContentKind::any}) {
        const auto whole = flow::judge_download(head, {kind, 5000, nullptr, 0, false});
        require(whole.kind != flow::DownloadAnswer::Kind::whole ||
                    (head.status() == 200 && whole.end.value_or(0) <= 5000),
                "a whole package is within the limit");
        const auto rest = flow::judge_download(head, {kind, 5000, &part, 400, false});
        require(rest.kind != flow::DownloadAnswer::Kind::part ||
                    (head.status() == 206 && rest.end && *rest.end > 400 && *rest.end <= 1000 &&
                     head.field_or_empty("ETag") == part.etag),
                "a part is provably of the same package");
        const auto first = flow::judge_download(head, {kind, 5000, nullptr, 0, true});
        require(first.kind != flow::DownloadAnswer::Kind::whole || !first.part.total ||
                    first.part.total <= 5000,
                "a beginning is of a package within the limit");
    }
    const auto wait = flow::retry_after_of(head, UtcTime());
    require(!wait || (*wait >= Duration::zero() && *wait <= std::chrono::hours(24)),
            "a wait is bounded");
    require(flow::request_id_of(head, {}).size() <= bounds::shown_word, "an id is bounded");
}

void answer_head(std::string_view text) {
    ResponseHead head;
    const std::size_t size = detail::head_size(text);
    if (size == 0) return;
    const auto parsed = detail::parse_head(text.substr(0, size), head);
    if (!parsed) return;
    require(head.status() >= 100 && head.status() <= 599, "a status has three digits");
    require(head.size() <= bounds::response_fields, "fields are bounded");
    judge(head);
    ResponseHead again;
    const auto reparsed = detail::parse_head(written(head), again);
    require(reparsed && same(head, again), "a head reads the same when written");
    const auto framing = wire::body_framing(head);
    const auto framing_again = wire::body_framing(again);
    require(framing.has_value() == framing_again.has_value() &&
                (!framing || *framing == *framing_again),
            "equal heads frame equal bodies");
}

/// Lines of `NAME: VALUE` after a target and a host: whatever stands in them, the head has the
/// lines that it was meant to have, or is not sent at all.
void request_head(std::string_view text) {
    std::vector<std::string_view> parts;
    while (parts.size() < 9 && !text.empty()) {
        const std::size_t end = (std::min)(text.find('\x1f'), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix((std::min)(end + 1, text.size()));
    }
    parts.resize((std::max)(parts.size() | 1, std::size_t(3)));
    std::vector<HeaderField> fields;
    for (std::size_t i = 3; i + 1 < parts.size(); i += 2)
        fields.push_back({parts[i], parts[i + 1]});
    HttpRequest request;
    request.target = parts[0];
    request.host = parts[1];
    request.body = parts[2];
    request.method = parts[2].empty() ? Method::get : Method::post;
    request.fields = fields;
    Secret out;
    if (wire::append_request_head(request, out)) {
        require(out.empty(), "what is unsafe leaves nothing");
        return;
    }
    const std::string_view head = out.expose();
    const auto lines = static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n'));
    const std::size_t wanted = 3 + fields.size() + 1 + (request.body.empty() ? 0u : 1u);
    require(lines == wanted, "a head has the lines it was meant to have");
    require(detail::head_size(head) == head.size(), "a head ends once");
    require(head.find('\0') == std::string_view::npos, "a head has no NUL");
}

} // namespace

void heads(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    answer_head(text);
    answer_head(std::string(text) + "\r\n\r\n");
    request_head(text);
    if (const auto range = wire::parse_content_range(text))
        require(wire::parse_content_range(wire::content_range_text(*range)) == range,
                "a range reads the same when written");
}

} // namespace mde_fuzz
