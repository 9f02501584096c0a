// SPDX-License-Identifier: BSL-1.0
#include "exit_codes.hpp"

#include "stop_signals.hpp"

#include <mde/base/printable.hpp>

#include <boost/asio/error.hpp>

#include <csignal>
#include <utility>

namespace mde_package {

namespace {

using mde::errc;

/// What becomes of an error, and what to do about it.
struct Row {
    errc error;
    int exit_code;
    std::string_view hint;
};

constexpr std::string_view check_ids = "see 'mde-package list' for the actions there are";
constexpr std::string_view new_link = "run the same command again: it asks for a new link";
constexpr std::string_view check_network =
    "check the network, --proxy and --endpoint, then run the same command again";
constexpr std::string_view check_certificate =
    "check the host's name and the system's clock, or name the right authority with --ca-file";
constexpr std::string_view not_whole =
    "nothing was stored; run the same command again, then ask who runs the download host";
constexpr std::string_view report = "if it happens again, report it with the text above";

constexpr std::array rows{
    Row{errc::malformed_id, exits::usage, "give an id of a documented form"},
    Row{errc::malformed_endpoint, exits::usage, "write https://host[:port]"},
    Row{errc::malformed_comment, exits::usage, "give a comment of 1 to 4096 bytes of UTF-8"},
    Row{errc::unsafe_request, exits::usage, "leave out control characters"},
    Row{errc::malformed_credential, exits::sign_in,
        "check what --client-certificate or --federated-token-file leads to"},
    Row{errc::malformed_state, exits::state,
        "name the --state of this tenant's job, or one that does not exist yet"},
    Row{errc::malformed_link, exits::other, report},
    Row{errc::link_not_allowed, exits::link_host,
        "if the host is right, allow it with --allow-link-host HOST:PORT"},
    Row{errc::package_uri_expired, exits::link_dead, new_link},
    Row{errc::package_uri_spent, exits::link_dead, new_link},
    Row{errc::package_uri_not_yet_valid, exits::link_dead, "check the system's clock"},
    Row{errc::clock_went_back, exits::link_dead, new_link},
    Row{errc::link_dead, exits::link_dead, new_link},
    Row{errc::page_link_refused, exits::network,
        "check --endpoint; nothing was asked of that host, and no token sent to it"},
    Row{errc::malformed_answer, exits::other, report},
    Row{errc::duplicate_member, exits::other, report},
    Row{errc::answer_too_large, exits::other, report},
    Row{errc::malformed_head, exits::other, report},
    Row{errc::malformed_date, exits::other, report},
    Row{errc::host_not_found, exits::network, check_network},
    Row{errc::unreachable, exits::network, check_network},
    Row{errc::connection_lost, exits::network, check_network},
    Row{errc::timed_out, exits::network,
        "try again, with larger --connect-timeout or --idle-timeout"},
    Row{errc::deadline_exceeded, exits::network, "try again with a larger --deadline"},
    Row{errc::tls_failed, exits::certificate, "check that the host speaks TLS 1.2 or newer"},
    Row{errc::certificate_unknown_issuer, exits::certificate,
        "name the issuer's certificate with --ca-file, if you trust it"},
    Row{errc::certificate_self_signed, exits::certificate,
        "name the certificate with --ca-file, if you trust it"},
    Row{errc::certificate_expired, exits::certificate, check_certificate},
    Row{errc::certificate_not_yet_valid, exits::certificate, check_certificate},
    Row{errc::certificate_wrong_host, exits::certificate, check_certificate},
    Row{errc::certificate_rejected, exits::certificate, check_certificate},
    Row{errc::redirect_refused, exits::network,
        "check --endpoint and --authority; a network that wants a login answers like this too"},
    Row{errc::proxy_refused, exits::network, "check --proxy and its user and password"},
    Row{errc::certificate_too_weak, exits::certificate,
        "ask who runs the server for a certificate of today's strength"},
    Row{errc::certificate_wrong_purpose, exits::certificate,
        "ask who runs the server for a certificate that is made for servers"},
    Row{errc::cleartext_refused, exits::network,
        "name the machine's own metadata service with --metadata-endpoint"},
    Row{errc::sign_in_refused, exits::sign_in,
        "check --tenant-id, --client-id and what proves them: the secret or certificate, and "
        "whether it has expired"},
    Row{errc::credential_unavailable, exits::sign_in,
        "set AZURE_CLIENT_SECRET, or see --auth for the other ways and what each of them needs"},
    Row{errc::sign_in_declined, exits::sign_in,
        "run the same command again, and agree when the browser asks"},
    Row{errc::device_code_expired, exits::sign_in,
        "run the same command again, and enter the new code in time"},
    Row{errc::unauthorized, exits::sign_in, "check --audience and --cloud"},
    Row{errc::forbidden, exits::permission,
        "grant the application the permission named here, with an administrator's consent"},
    Row{errc::request_refused, exits::other, "change what the service complains about"},
    Row{errc::not_found, exits::not_found, "check the id, --endpoint and --cloud"},
    Row{errc::action_not_found, exits::not_found, check_ids},
    Row{errc::action_not_finished, exits::not_finished,
        "wait for it with 'mde-package wait --action-id ID', then fetch again"},
    Row{errc::not_a_package_action, exits::not_found, check_ids},
    Row{errc::already_running, exits::already_running,
        "find it with 'mde-package list --machine-id ID', then wait for it"},
    Row{errc::throttled, exits::unavailable, "wait, then run the same command again"},
    Row{errc::service_unavailable, exits::unavailable, "wait, then run the same command again"},
    Row{errc::unexpected_status, exits::other, report},
    Row{errc::outcome_unknown, exits::unavailable,
        "see with 'mde-package list' whether it took effect before you repeat it"},
    Row{errc::action_failed, exits::action_failed, "look at the machine, then collect again"},
    Row{errc::action_timed_out, exits::action_failed,
        "see that the machine is switched on and connected, then collect again"},
    Row{errc::action_cancelled, exits::action_failed, "collect again"},
    Row{errc::not_a_package, exits::not_a_package, not_whole},
    Row{errc::package_too_large, exits::not_a_package, "allow more with --max-bytes"},
    Row{errc::body_truncated, exits::not_a_package, not_whole},
    Row{errc::length_mismatch, exits::not_a_package, not_whole},
    Row{errc::zip_incomplete, exits::not_a_package, not_whole},
    Row{errc::store_no_space, exits::store, "make room, or choose another --out"},
    Row{errc::store_has_package, exits::already_stored,
        "it is there already; move it away to fetch it again"},
    Row{errc::store_busy, exits::store, "wait for the other process that stores it"},
    Row{errc::store_denied, exits::store, "make --out writable, or choose another one"},
    Row{errc::store_failed, exits::store, "check the disk, or choose another --out"},
};

const Row* find_row(const mde::error_code& error) noexcept {
    if (error.category() != mde::mde_category()) return nullptr;
    for (const Row& row : rows)
        if (static_cast<int>(row.error) == error.value()) return &row;
    return nullptr;
}

void add(std::string& text, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!text.empty()) text += ", ";
    text.append(name).append("=").append(value);
}

/// The service's own words; `Diagnostics` holds nothing that may not be shown.
std::string words_of(const mde::Diagnostics& diagnostics) {
    std::string text;
    add(text, "code", diagnostics.code);
    add(text, "target", diagnostics.target);
    if (diagnostics.http_status >= 400)
        add(text, "status", std::to_string(diagnostics.http_status));
    add(text, "request-id", diagnostics.request_id);
    add(text, "message", diagnostics.message);
    if (diagnostics.retry_after) {
        const auto wait = std::chrono::ceil<std::chrono::seconds>(*diagnostics.retry_after);
        add(text, "retry-after", std::to_string(wait.count()) + " s");
    }
    return text;
}

} // namespace

bool is_stopped(const mde::error_code& error) noexcept {
    return error == boost::asio::error::operation_aborted && stop_requested() != 0;
}

std::string stopped_line(std::string_view what, std::string_view next) {
    const std::string_view by = stop_requested() == SIGINT ? "SIGINT" : "SIGTERM";
    std::string line = "mde-package: ";
    return line.append(what).append(": stopped by ").append(by).append("; ").append(next);
}

int exit_code_of(const mde::error_code& error) noexcept {
    if (!error) return exits::success;
    if (is_stopped(error)) return 128 + stop_requested();
    const Row* row = find_row(error);
    return row == nullptr ? exits::other : row->exit_code;
}

std::string error_line(std::string_view what, const mde::error_code& error,
                       const mde::Diagnostics& diagnostics) {
    if (is_stopped(error)) return stopped_line(what, "run the same command again to go on");
    std::string line = "mde-package: " + std::string(what);
    const std::string_view stage = mde::name_of(diagnostics.stage);
    if (!stage.empty()) line.append(": ").append(stage);
    // Other categories speak for the system or for Asio.
    line += ": " + mde::printable_message(error.message(), 200);
    const std::string words = words_of(diagnostics);
    if (!words.empty()) line += " [" + words + ']';
    const Row* row = find_row(error);
    return line + "; " + std::string(row == nullptr ? report : row->hint);
}

std::string usage_line(std::string_view what) {
    return "mde-package: usage: " + mde::printable_message(what, 400) +
           "; see 'mde-package --help' or 'mde-package COMMAND --help'";
}

} // namespace mde_package
