// SPDX-License-Identifier: BSL-1.0
#include "fleet/results.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/adapter/verify_packages.hpp>
#include <mde/model/package_key.hpp>
#include <mde/wire/fleet_state_codec.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace fleet {

namespace {

/// What the packages of a tenant were proven to be, by the action's id.
using Verdicts = std::map<std::string, mde::Verdict, std::less<>>;

Verdicts verdicts_in(const std::string& directory) {
    Verdicts verdicts;
    const auto packages = mde::verify_packages<mde::OpensslSha256>(directory);
    if (!packages) return verdicts;
    for (const mde::VerifiedPackage& package : *packages)
        verdicts[package.name.substr(0, package.name.find('.'))] = package.verdict;
    return verdicts;
}

std::string text_of(const mde::FleetState& state, const std::string& path,
                    const std::optional<mde::Receipt>& receipt, mde::Verdict verdict) {
    const mde::FleetJob& job = state.jobs.front();
    std::string line = std::string(state.tenant.text()) + ' ' + std::string(job.machine.text());
    line.append(": ").append(name_of(job.phase));
    if (receipt)
        line.append(" ").append(path).append(", SHA-256 ").append(receipt->sha256.hex().view());
    if (receipt && verdict != mde::Verdict::good)
        line.append(", but: ").append(mde::name_of(verdict));
    if (!job.message.empty()) line.append(", ").append(job.message);
    return line;
}

std::string json_of(const mde::FleetState& state, const std::string& path,
                    const std::string& receipt, mde::Verdict verdict) {
    const mde::FleetJob& job = state.jobs.front();
    boost::json::object line{{"tenant", state.tenant.text()},
                             {"machine", job.machine.text()},
                             {"phase", name_of(job.phase)},
                             {"action", nullptr},
                             {"message", job.message},
                             {"path", nullptr},
                             {"verdict", nullptr},
                             {"receipt", nullptr}};
    if (job.action) line["action"] = job.action->text();
    if (const auto document = mde::wire::parse_json_object(receipt)) {
        line["path"] = path;
        line["verdict"] = mde::name_of(verdict);
        line["receipt"] = *document;
    }
    return boost::json::serialize(line);
}

} // namespace

std::size_t print_results(const Options& options, const std::vector<EndedJob>& all,
                          mde_package::Output& out) {
    std::map<std::string, Verdicts> tenants;
    std::vector<std::string> lines;
    std::size_t good = 0;
    for (const EndedJob& ended : all) {
        const auto state = mde::wire::decode_fleet_state(ended.state);
        if (!state || state->jobs.size() != 1) continue;
        const std::string directory = directory_of(options, state->tenant.text());
        const auto [verdicts, is_new] = tenants.try_emplace(directory);
        if (is_new) verdicts->second = verdicts_in(directory);
        const auto& action = state->jobs.front().action;
        const std::string name(action ? action->text() : "");
        const auto found = verdicts->second.find(name);
        const mde::Verdict verdict =
            found == verdicts->second.end() ? mde::Verdict::missing : found->second;
        const auto receipt = mde::wire::decode_receipt(ended.receipt);
        const bool is_good = state->jobs.front().phase == mde::JobPhase::stored && receipt &&
                             verdict == mde::Verdict::good;
        good += is_good ? 1u : 0u;
        const std::string path =
            action ? mde_package::stored_path(directory, mde::PackageKey(*action)) : "";
        lines.push_back(
            options.json
                ? json_of(*state, path, ended.receipt, verdict)
                : text_of(*state, path, receipt ? std::optional(*receipt) : std::nullopt, verdict));
    }
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) out.line(line);
    return good;
}

} // namespace fleet
