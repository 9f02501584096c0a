// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_CLASSIFY_HPP
#define MDE_FLOW_CLASSIFY_HPP

/// @file
/// What a failed call means: its error, whether to repeat it, and the service's words about it.

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/printable.hpp>
#include <mde/base/result.hpp>
#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/http_message.hpp>
#include <mde/wire/link_grammar.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::flow {

/// True if nothing of the request can have reached the server.
MDE_DECL bool nothing_was_sent(const error_code& error) noexcept;

/// True for failures of the way there and back that may pass. Refused certificates are not among
/// them: they ask for somebody's attention.
MDE_DECL bool is_passing_failure(const error_code& error) noexcept;

/// True if the request reached the service, as far as one can tell, and what came back says nothing
/// of what became of it.
MDE_DECL bool is_broken_answer(const error_code& error) noexcept;

/// True if a request that changes something may have done so all the same.
MDE_DECL bool may_have_taken_effect(const error_code& error) noexcept;

/// True if a try failed because its time ran out with the deadline. A connection that was not there
/// by then is told as one that cannot be made.
MDE_DECL bool is_cut_short(const error_code& error, MonotonicTime now,
                           MonotonicTime deadline) noexcept;

/// The error that a status stands for; no error for 2xx. `code` is the service's own.
/// Source: "Common REST API error codes".
MDE_DECL error_code error_of_status(unsigned status, std::string_view code) noexcept;

/// True for the refusals that say "later" and nothing else; every other one stays the same however
/// often it is asked for.
MDE_DECL bool is_passing_refusal(const error_code& error) noexcept;

/// Failures that a new link may mend: a dead link, and a transfer that broke so late that its link
/// had died. What the link leads to is still there.
MDE_DECL bool wants_new_link(const error_code& error) noexcept;

/// True if repeating the request cannot do its work twice. A GET never does. A POST answered 401,
/// 429 or 503 was turned away; after 500, 502 or 504 it may have been done all the same.
constexpr bool may_repeat(Method method, unsigned status) noexcept {
    return method == Method::get || status == 401 || status == 429 || status == 503;
}

/// Retry-After as a span, measured from the server's own `Date` where it has one.
MDE_DECL std::optional<Duration> retry_after_of(const ResponseHead& head, UtcTime utc);

/// A server's text made safe to show: printable, bounded, without the secrets in use.
MDE_DECL std::string safe_word(std::string_view text,
                               std::initializer_list<std::string_view> secrets);

/// Likewise, for whole sentences: what is not printable is escaped.
MDE_DECL std::string safe_message(std::string_view text,
                                  std::initializer_list<std::string_view> secrets);

/// The id under which the service keeps this answer in its logs, under any of the names in use; a
/// server may echo what it was sent here, too.
MDE_DECL std::string request_id_of(const ResponseHead& head,
                                   std::initializer_list<std::string_view> secrets);

/// Enters what the head of a download's answer says about it. Nothing of the link is shown: neither
/// its `target` nor what in it makes it good.
MDE_DECL void enter_head(Diagnostics& diagnostics, const ResponseHead& head,
                         std::string_view target);

#if MDE_DEFINITIONS

MDE_DECL bool nothing_was_sent(const error_code& error) noexcept {
    return error == errc::host_not_found || error == errc::unreachable || error == errc::tls_failed;
}

MDE_DECL bool is_passing_failure(const error_code& error) noexcept {
    return nothing_was_sent(error) || error == errc::connection_lost || error == errc::timed_out ||
           error == errc::body_truncated;
}

MDE_DECL bool is_broken_answer(const error_code& error) noexcept {
    return error == errc::malformed_head || error == errc::malformed_answer ||
           error == errc::answer_too_large;
}

MDE_DECL bool may_have_taken_effect(const error_code& error) noexcept {
    return is_broken_answer(error) || (is_passing_failure(error) && !nothing_was_sent(error));
}

MDE_DECL bool is_cut_short(const error_code& error, MonotonicTime now,
                           MonotonicTime deadline) noexcept {
    return now >= deadline && (error == errc::timed_out || nothing_was_sent(error));
}

MDE_DECL error_code error_of_status(unsigned status, std::string_view code) noexcept {
    if (status >= 200 && status <= 299) return {};
    if (status >= 300 && status <= 399) return make_error_code(errc::redirect_refused);
    // Outside the table, but recorded: a second request while the first one runs.
    if (status == 400 && code == "ActiveRequestAlreadyExists")
        return make_error_code(errc::already_running);
    switch (status) {
    case 400: return make_error_code(errc::request_refused);
    case 401: return make_error_code(errc::unauthorized);
    case 403: return make_error_code(errc::forbidden);
    case 404: return make_error_code(errc::not_found);
    case 429: return make_error_code(errc::throttled);
    default: break;
    }
    if (status >= 500 && status <= 599) return make_error_code(errc::service_unavailable);
    return make_error_code(errc::unexpected_status);
}

MDE_DECL bool is_passing_refusal(const error_code& error) noexcept {
    return error == errc::throttled || error == errc::service_unavailable;
}

MDE_DECL bool wants_new_link(const error_code& error) noexcept {
    return error == condition::ask_again || error == errc::connection_lost ||
           error == errc::timed_out || is_passing_refusal(error);
}

MDE_DECL std::optional<Duration> retry_after_of(const ResponseHead& head, UtcTime utc) {
    const auto text = head.field("Retry-After");
    if (!text) return std::nullopt;
    const result<UtcTime> date = wire::parse_http_date(head.field_or_empty("Date"));
    const result<Duration> wait =
        wire::parse_retry_after(ascii::trimmed(*text), date ? *date : utc);
    return wait ? std::optional<Duration>(*wait) : std::nullopt;
}

MDE_DECL std::string safe_word(std::string_view text,
                               std::initializer_list<std::string_view> secrets) {
    std::string shown = scrubbed(std::string(text), secrets);
    // What is dropped may stand between the parts of a secret.
    if (!ascii::all(shown, ascii::is_printable))
        shown = scrubbed(printable_word(shown, shown.size()), secrets);
    shown.resize((std::min)(shown.size(), bounds::shown_word));
    return shown;
}

MDE_DECL std::string safe_message(std::string_view text,
                                  std::initializer_list<std::string_view> secrets) {
    return printable_message(scrubbed(std::string(text), secrets), bounds::shown_message);
}

MDE_DECL std::string request_id_of(const ResponseHead& head,
                                   std::initializer_list<std::string_view> secrets) {
    for (const std::string_view name :
         {"mise-correlation-id", "x-ms-request-id", "request-id", "x-ms-correlation-request-id"})
        if (const auto id = head.field(name)) return safe_word(*id, secrets);
    return {};
}

MDE_DECL void enter_head(Diagnostics& diagnostics, const ResponseHead& head,
                         std::string_view target) {
    const std::string_view query = target.substr((std::min)(target.find('?'), target.size()));
    diagnostics.http_status = head.status();
    diagnostics.request_id = request_id_of(
        head, {target, query, wire::query_value(target, "token").value_or(std::string_view()),
               wire::query_value(target, "sig").value_or(std::string_view())});
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
