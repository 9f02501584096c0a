// SPDX-License-Identifier: BSL-1.0
// sign-in: as whom, until when, and which commands will probably not be allowed.

#include "client_commands.hpp"

#include <mde/base/bounds.hpp>
#include <mde/base/printable.hpp>
#include <mde/model/export_kind.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/request/missing_permissions.hpp>
#include <mde/wire/calendar.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde_package {

namespace {

namespace json = boost::json;
using mde::TokenClaims;

/// A command, and what the token lacks for it.
struct Advice {
    std::string command;
    std::vector<mde::MissingPermission> missing;
};

template <class... Requests>
void advise(std::vector<Advice>& all, std::string command, const TokenClaims& claims) {
    auto missing = mde::missing_permissions<Requests...>(claims);
    if (!missing.empty()) all.push_back({std::move(command), std::move(missing)});
}

template <std::size_t... I>
void advise_exports(std::vector<Advice>& all, const TokenClaims& claims,
                    std::index_sequence<I...>) {
    (advise<mde::GetExportFiles<static_cast<mde::ExportKind>(I)>>(
         all, "export " + std::string(mde::export_names[I]), claims),
     ...);
}

std::vector<Advice> advice_for(const TokenClaims& claims) {
    using namespace mde;
    std::vector<Advice> all;
    advise<CollectInvestigationPackage>(all, "collect", claims);
    advise<CollectInvestigationPackage, ListMachineActions, GetMachineAction, GetPackageUri>(
        all, "collect-many", claims);
    advise<GetMachineAction>(all, "status", claims);
    advise<GetMachineAction>(all, "wait", claims);
    advise<CancelMachineAction>(all, "cancel", claims);
    advise<ListMachineActions>(all, "list", claims);
    advise<GetMachineAction, GetPackageUri>(all, "fetch", claims);
    advise<GetMachineAction, GetLiveResponseResultLink>(all, "live-response", claims);
    advise_exports(all, claims, std::make_index_sequence<export_names.size()>());
    return all;
}

std::vector<std::string_view> names_of(mde::AnyOf permissions) {
    std::vector<std::string_view> names;
    for (const std::string_view name : mde::permission_names)
        if (permissions.contains(*mde::find_permission(name))) names.push_back(name);
    return names;
}

std::string joined(const std::vector<std::string_view>& words, std::string_view separator) {
    std::string text;
    for (const std::string_view word : words)
        text.append(text.empty() ? std::string_view() : separator).append(word);
    return text;
}

json::array array_of(const std::vector<std::string_view>& words) {
    json::array array;
    for (const std::string_view word : words) array.push_back(json::string(word));
    return array;
}

/// As whom and until when, in words or null where it is not known.
struct Identity {
    std::string tenant;
    std::string client;
    std::string_view subject;
    std::string until;
};

Identity identity_of(const mde::Settings& settings, const SignedIn& signed_in) {
    Identity identity;
    identity.tenant = settings.tenant.text();
    identity.client = settings.client_id;
    identity.until =
        mde::wire::format_date(std::chrono::floor<std::chrono::seconds>(signed_in.until));
    if (!signed_in.claims) return identity;
    // A machine's own identity knows its tenant better than the options.
    if (identity.tenant.empty())
        identity.tenant = mde::printable_word(signed_in.claims->tenant, mde::bounds::shown_word);
    const bool user = signed_in.claims->subject == mde::TokenSubject::user;
    identity.subject = user ? "user" : "application";
    return identity;
}

std::string_view or_dash(std::string_view text) { return text.empty() ? "-" : text; }

std::string text_about(const Identity& identity, const SignedIn& signed_in) {
    std::string line = "signed in: tenant=";
    line.append(or_dash(identity.tenant)).append(" client=").append(or_dash(identity.client));
    line.append(" until=").append(identity.until);
    if (!signed_in.claims) return line + " permissions=unknown (the token does not show them)";
    const std::string names = joined(names_of(signed_in.claims->granted), ",");
    line.append(" for=").append(identity.subject);
    return line.append(" permissions=").append(names.empty() ? "none" : names);
}

/// The commands that lack the same.
struct Lack {
    mde::AnyOf one_of;
    std::vector<std::string_view> commands;
};

std::vector<Lack> by_permission(const std::vector<Advice>& all) {
    std::vector<Lack> lacks;
    for (const Advice& advice : all)
        for (const mde::MissingPermission& missing : advice.missing) {
            auto lack = std::find_if(lacks.begin(), lacks.end(), [&](const Lack& known) {
                return known.one_of == missing.one_of;
            });
            if (lack == lacks.end()) lack = lacks.insert(lack, {missing.one_of, {}});
            if (lack->commands.empty() || lack->commands.back() != advice.command)
                lack->commands.push_back(advice.command);
        }
    return lacks;
}

std::string text_of(const Lack& lack) {
    return "without " + joined(names_of(lack.one_of), " or ") +
           " these will probably be refused: " + joined(lack.commands, ", ");
}

json::array json_of(const std::vector<Advice>& all) {
    json::array lacking;
    for (const Advice& advice : all)
        for (const mde::MissingPermission& missing : advice.missing)
            lacking.push_back(json::object{{"command", advice.command},
                                           {"call", mde::name_of(missing.call)},
                                           {"oneOf", array_of(names_of(missing.one_of))}});
    return lacking;
}

json::value or_null(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

std::string json_about(const Identity& identity, const SignedIn& signed_in,
                       const std::vector<Advice>& advice) {
    json::object line{{"tenantId", or_null(identity.tenant)},
                      {"clientId", or_null(identity.client)},
                      {"expires", identity.until},
                      {"subject", or_null(identity.subject)},
                      {"permissions", nullptr},
                      {"lacking", json_of(advice)}};
    if (signed_in.claims) line["permissions"] = array_of(names_of(signed_in.claims->granted));
    return json::serialize(line);
}

} // namespace

int run_sign_in(Stage& stage, const Options& options, Remote& remote) {
    const Outcome<SignedIn> outcome = remote.sign_in();
    if (outcome.error) return fail(stage, "sign-in", outcome);
    const SignedIn& signed_in = outcome.value;
    const Identity identity = identity_of(options.access.settings, signed_in);
    std::vector<Advice> advice;
    if (signed_in.claims) advice = advice_for(*signed_in.claims);
    stage.progress.clear();
    if (options.json) {
        stage.out.json_line(json_about(identity, signed_in, advice));
        return exits::success;
    }
    stage.out.line(text_about(identity, signed_in));
    for (const Lack& lack : by_permission(advice)) stage.out.line(text_of(lack));
    return exits::success;
}

} // namespace mde_package
