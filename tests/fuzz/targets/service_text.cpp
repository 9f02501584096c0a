// SPDX-License-Identifier: BSL-1.0
// What the service side reads of a request: filters, queries, forms, paths. The first byte chooses.
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/service/assertion.hpp>
#include <mde/service/blob_path.hpp>
#include <mde/service/byte_range.hpp>
#include <mde/service/claims_request.hpp>
#include <mde/service/list_query.hpp>
#include <mde/service/request_comment.hpp>
#include <mde/service/token_form.hpp>
#include <mde/wire/form.hpp>
#include <mde/wire/form_fields.hpp>
#include <mde/wire/route.hpp>
#include <mde/wire/route_match.hpp>

#include "fuzz/target.hpp"

#include <array>
#include <string>
#include <variant>

namespace mde_fuzz {

namespace {

using namespace mde;

MachineAction sample() {
    MachineAction action;
    action.id = *MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a");
    action.type = MachineActionType::collect_investigation_package;
    action.status = MachineActionStatus::pending;
    action.requestor = "somebody";
    return action;
}

void filter(std::string_view text) {
    const auto filter = service::ODataFilter::parse(text);
    if (!filter) return;
    const bool holds = filter->matches(sample());
    // Joined with itself it says the same.
    const auto twice = service::ODataFilter::parse(std::string(text) + " and " + std::string(text));
    require(twice && twice->matches(sample()) == holds, "a filter and itself is the filter");
}

void list(std::string_view text) {
    const auto query = service::ListQuery::parse(text);
    if (!query) return;
    require(query->top <= service::ListQuery::most || query->top == service::ListQuery::no_top,
            "a page is bounded");
    if (query->top == 0 || query->skip > service::ListQuery::most) return;
    const std::string base = "https://api.example";
    const std::string next = query->next_link(base, 1);
    if (next.size() > bounds::link) return;
    const auto again = service::ListQuery::parse(next.substr(base.size()));
    require(again && again->filter_text == query->filter_text && again->skip == query->skip + 1,
            "the link to the next page is understood");
    require(query->top == service::ListQuery::no_top ? again->top == query->top
                                                     : again->top == query->top - 1,
            "the next page has what is left");
}

void form(std::string_view text) {
    const auto fields = wire::parse_form(text);
    if (!fields) return;
    Secret written;
    for (const auto& [name, value] : *fields) wire::append_form_field(written, name, value);
    require(wire::parse_form(written.expose()) == fields, "a form reads the same when written");
}

void credential(std::string_view text) {
    const std::size_t end = (std::min)(text.find('\n'), text.size());
    const std::string basic =
        "Basic " +
        base64_encode(std::as_bytes(std::span(text.substr(0, end))), Base64Alphabet::standard);
    for (const std::string_view authorization : {std::string_view(basic), text.substr(0, end)}) {
        const std::array<HeaderField, 2> fields{
            HeaderField{"Content-Type", "application/x-www-form-urlencoded"},
            HeaderField{"Authorization", authorization}};
        IncomingRequest request;
        request.method = "POST";
        request.target = "/tenant/oauth2/v2.0/token";
        request.fields = fields;
        request.body = text.substr((std::min)(end + 1, text.size()));
        static_cast<void>(service::detail::secret_of(request));
        static_cast<void>(service::read_comment(request));
    }
}

void paths(std::string_view text) {
    const auto blob = service::read_blob_path(text);
    if (const auto* file = std::get_if<service::ExportBlob>(&blob))
        require(service::read_blob_path(service::path_of(*file)) == blob, "a path reads the same");
    if (const auto* file = std::get_if<service::ResultBlob>(&blob)) {
        require(service::read_blob_path(service::path_of(*file)) == blob, "a path reads the same");
        // Ids have two cases and numbers may have leading zeros; nothing else.
        require(ascii::equal_ignoring_case(service::path_of(*file), text) ||
                    text.find("/0") != std::string_view::npos || text.ends_with("output/"),
                "a path names one number");
    }
    if (const auto segment = wire::match_route(GetPackageUri::route, text)) {
        require(segment->find('/') == std::string_view::npos, "an id is one segment");
        const auto target = wire::expand_route(GetPackageUri::route, *segment);
        require(segment->size() > 3 * bounds::identifier ||
                    wire::match_route(GetPackageUri::route, target) == segment,
                "a route reads the same");
    }
    if (const auto match = wire::match_numbered_route(GetLiveResponseResultLink::route, text)) {
        if (match->segment.size() > 3 * bounds::identifier) return;
        const auto target =
            wire::expand_route(GetLiveResponseResultLink::route, match->segment, match->number);
        require(wire::match_numbered_route(GetLiveResponseResultLink::route, target) == match,
                "a numbered route reads the same");
    }
}

void ranges(std::string_view text) {
    for (const std::uint64_t size : {std::uint64_t(0), std::uint64_t(1), std::uint64_t(1000)}) {
        const auto range = service::select_range(text, size);
        if (range.kind != service::ByteRange::Kind::part) continue;
        require(range.length != 0 && range.offset < size && range.length <= size - range.offset,
                "a range is within the content");
        require(wire::parse_content_range(service::content_range_of(range, size)).has_value(),
                "a range is told to the client");
    }
}

void escapes(std::string_view text) {
    if (const auto decoded = wire::percent_decoded(text, wire::PlusSign::is_plus)) {
        std::string again;
        wire::append_percent_encoded(again, *decoded);
        require(wire::percent_decoded(again, wire::PlusSign::is_plus) == decoded,
                "escapes read the same");
    }
    for (const auto alphabet : {Base64Alphabet::standard, Base64Alphabet::url})
        if (const auto decoded = base64_decode(text, alphabet))
            require(base64_encode(std::as_bytes(std::span(*decoded)), alphabet) == text,
                    "each byte string has one spelling in base64");
}

void assertion(std::string_view text) {
    const auto read = service::read_assertion(text);
    if (read) require(text.starts_with(read->signing_input), "what was signed is in the token");
    static_cast<void>(
        service::satisfies_claims(text.substr(0, text.size() / 2), text.substr(text.size() / 2)));
}

void ids(std::string_view text) {
    const auto id = MachineActionId::undocumented(text);
    if (!id) return;
    const auto segment = id->segment();
    require(ascii::all(segment.view(),
                       [](char c) { return ascii::is_alnum(c) || c == '-' || c == '%'; }),
            "an id is one harmless segment");
    require(wire::percent_decoded(segment.view(), wire::PlusSign::is_plus) == text ||
                MachineActionId::parse(text).has_value(),
            "an id is what was given");
}

} // namespace

void service_text(Bytes bytes) {
    constexpr std::array all{filter, list,    form,      credential, paths,
                             ranges, escapes, assertion, ids};
    Input input(bytes);
    const unsigned choice = input.byte();
    all[choice % all.size()](input.rest());
}

} // namespace mde_fuzz
