// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_API_RULES_HPP
#define MDE_SERVICE_API_RULES_HPP

/// @file
/// The switches of what the API does where pages and recorded answers disagree or say nothing.

#include <mde/base/time.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/feature.hpp>

#include <chrono>
#include <string>

namespace mde::inline MDE_ABI::service {

/// What a second collection on a machine is answered while the first one runs.
enum class RunningAnswer {
    /// 400, as the page says.
    refused,
    /// A success with the action that runs, as it was seen in the field.
    running_action,
};

/// What cancelling a finished action is answered; no page says.
enum class FinishedCancel {
    /// 400.
    refused,
    /// A success that changes nothing.
    unchanged_action,
};

/// How `requestor` names an application; all three were recorded. A user is named by the UPN.
enum class RequestorForm {
    /// By its name.
    name,
    /// By its client id.
    application_id,
    /// `App name (tenant)`
    name_and_tenant,
};

/// No page names the order of the list; an example speaks of the latest two.
enum class ListOrder {
    /// As the example has it.
    newest_first,
    /// The other way round.
    oldest_first,
};

/// The body of an error.
enum class ErrorBody {
    /// `{"error":{"code","message","target"}}`
    documented,
    /// Nothing at all.
    empty,
    /// From 500 on a page for people, as gateways send it.
    html_from_500,
};

/// The shapes of an error's `target`.
enum class TargetStyle {
    /// Lower case, 8-4-4-4-12.
    guid,
    /// `|76dce355-471ae6d819782413.`
    trace_id,
    /// There is none.
    missing,
};

/// The two codes that a 429 was seen to have.
enum class ThrottleCode {
    /// `429`, recorded.
    number,
    /// `TooManyRequests`, documented.
    words,
};

/// Whether the windows of a quota slide is not known.
enum class QuotaWindows {
    /// Each call counts for the length of the window.
    sliding,
    /// Each begins when the one before it ends.
    fixed,
};

/// `Retry-After` of a 429.
enum class RetryAfterForm {
    /// As the page says.
    seconds,
    /// As HTTP allows.
    date,
    /// There is none.
    missing,
};

/// They may be changed between two requests. Bodies are never compressed, whatever a client
/// accepts.
struct ApiRules {
    /// What a second collection is answered.
    RunningAnswer running = RunningAnswer::refused;
    /// The code of that refusal: seen in the field, in no table.
    std::string running_code = "ActiveRequestAlreadyExists";
    /// What cancelling a finished action is answered.
    FinishedCancel finished_cancel = FinishedCancel::refused;
    /// Whether cancelling needs a comment; the page does not mark it as required.
    Feature cancel_comment = Feature::off;
    /// Whether a collection may name a machine by its DNS name.
    Feature machine_names = Feature::off;
    /// How an application is named.
    RequestorForm requestor = RequestorForm::name;

    /// Two replicas answer in turn what is read of actions; one of them knows what was so long ago.
    Duration replica_lag{};
    /// The order of the list.
    ListOrder list_order = ListOrder::newest_first;
    /// A fresh action is missing from the list for so long, though it can be read by its id.
    Duration unlisted_for{};
    /// In `@odata.context`, which need not name the host that was called; empty: `base_url`.
    std::string context_url{};
    /// In `@odata.nextLink`, which may name another host; empty: `base_url`.
    std::string next_link_url{};

    /// Of the 404 for a link to an action that has not finished; no page says.
    std::string unfinished_code = "ResourceNotFound";
    /// What the body of an error is.
    ErrorBody error_body = ErrorBody::documented;
    /// How the windows of quotas go.
    QuotaWindows quota_windows = QuotaWindows::sliding;
    /// How long a minute of the quotas lasts; an hour has sixty of them. Less than a minute is for
    /// tests that have not got one.
    Duration quota_minute = std::chrono::minutes(1);
    /// How long to wait is said like this.
    RetryAfterForm retry_after = RetryAfterForm::seconds;

    /// Recorded; a length is as good.
    ReplyFraming framing = ReplyFraming::by_chunks;
    /// Of a success.
    std::string media_type =
        "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8";
};

} // namespace mde::inline MDE_ABI::service

#endif
