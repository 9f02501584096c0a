// SPDX-License-Identifier: BSL-1.0
#include "fleet/options.hpp"

#include "mde_package/readers.hpp"
#include "mde_package/usage_error.hpp"

#include <mde/model/cloud.hpp>
#include <mde/model/tenant_id.hpp>
#include <mde/wire/json.hpp>

#include <fstream>
#include <sstream>

namespace fleet {

using mde_package::refuse;

Site read_site(const std::string& path) {
    const std::string option = "--tenant " + path;
    const auto document = mde::wire::parse_json_object(mde_package::read_text_file(option, path));
    if (!document) refuse(option, "is no JSON object");
    mde::wire::Members members(*document);
    const auto tenant = mde::TenantId::parse(members.string("tenantId").value_or(""));
    const auto client = members.string("clientId");
    if (!tenant || !client) refuse(option, "does not say tenantId and clientId");
    const mde::Cloud* cloud = mde::find_cloud(members.string("cloud").value_or("commercial"));
    if (cloud == nullptr) refuse(option, "names no cloud that is known");
    Site site{mde::Settings::for_cloud(*cloud, *tenant, *client), {}};
    if (const auto endpoint = members.string("endpoint")) {
        site.settings.api = mde_package::read_endpoint(option + ": endpoint", *endpoint);
        site.settings.links = {};
    }
    if (const auto authority = members.string("authority"))
        site.settings.authority = mde_package::read_endpoint(option + ": authority", *authority);
    if (const auto host = members.string("linkHost"))
        if (!site.settings.links.allow(*host)) refuse(option, "linkHost is not HOST[:PORT]");
    if (const auto file = members.string("caFile"))
        site.ca_pem = mde_package::read_text_file(option + ": caFile", *file);
    if (!members.ok()) refuse(option, "has a member that is no text");
    return site;
}

std::vector<TenantMachine> read_tenant_machines(const std::string& path) {
    std::ifstream file(path);
    if (!file) refuse("--machines-file", "cannot be opened");
    std::vector<TenantMachine> machines;
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number) {
        const std::string option = "--machines-file: line " + std::to_string(number);
        std::istringstream words(line.substr(0, line.find('#')));
        std::string tenant;
        std::string machine;
        std::string rest;
        if (!(words >> tenant)) continue;
        words >> machine;
        const auto id = mde::TenantId::parse(tenant);
        if (words >> rest || !id) refuse(option, "is not TENANT MACHINE");
        machines.push_back({std::string(id->text()), mde_package::read_machine(option, machine)});
    }
    if (!file.eof()) refuse("--machines-file", "cannot be read");
    if (machines.empty()) refuse("--machines-file", "names no machine");
    return machines;
}

std::string directory_of(const Options& options, std::string_view tenant) {
    return options.out + '/' + std::string(tenant);
}

} // namespace fleet
