// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FLEET_FLEET_WORLD_HPP
#define MDE_TESTS_FLEET_FLEET_WORLD_HPP

/// @file
/// A Redis server, a service for each tenant, and `mde-fleet` as a process between them.

#include "cli/server.hpp"
#include "fleet/redis_server.hpp"
#include "support/temporary_directory.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/adapter/verify_packages.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde_test {

class FleetWorld {
  public:
    /// `service` are options of each tenant's `mde-package serve`.
    FleetWorld(std::size_t tenants, std::size_t machines, const Words& service) {
        std::string lines = "# TENANT MACHINE\n";
        for (std::size_t i = 1; i <= tenants; ++i) {
            const std::string tenant = "tenant-" + std::to_string(i) + ".example";
            sites_.push_back(std::make_unique<Server>(service + Words{"--tenant-id", tenant}));
            const Server& site = *sites_.back();
            directory_.write(tenant + ".json", boost::json::serialize(
                                                   boost::json::object{{"tenantId", site.tenant},
                                                                       {"clientId", site.client},
                                                                       {"endpoint", site.endpoint},
                                                                       {"authority", site.endpoint},
                                                                       {"linkHost", site.link_host},
                                                                       {"caFile", site.ca_file}}));
            for (std::size_t n = 1; n <= machines; ++n)
                lines += tenant + ' ' + machine_number(n) + '\n';
        }
        directory_.write("machines", lines);
    }

    RedisServer redis;

    static std::string machine_number(std::size_t number) {
        std::string id = std::to_string(number);
        return id.insert(0, 40 - id.size(), '0');
    }

    const std::vector<std::unique_ptr<Server>>& sites() const noexcept { return sites_; }
    std::string out(const Server& site) const { return directory_.file("out/" + site.tenant); }
    std::string file(const std::string& name) const { return directory_.file(name); }

    static Setting setting() {
        Setting setting = with_secret();
        setting.program = MDE_FLEET_PATH;
        return setting;
    }

    Words access() const {
        return {"--redis", "127.0.0.1:" + std::to_string(redis.port()), "--out",
                directory_.file("out")};
    }
    Words words(const Words& more) const {
        Words words =
            Words{"run"} + access() +
            Words{"--machines-file", directory_.file("machines"), "--comment", "case 4711",
                  "--json",          "--poll-interval",           "0.3"};
        for (const auto& site : sites_)
            words = words + Words{"--tenant", directory_.file(site->tenant + ".json")};
        return words + more;
    }

    std::size_t count(std::string_view stage) const {
        std::size_t all = 0;
        for (const auto& site : sites_) all += site->log.count(stage);
        return all;
    }

    /// Every machine of every tenant has one package, which is what its receipt says, from one
    /// collection; by what lies there, by what the services saw, and by what was told.
    void check_all_stored(const std::string& told, std::size_t machines) const {
        std::set<std::string> seen;
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = told.find('\n', begin)) != told.npos; begin = end + 1) {
            const auto line = mde::wire::parse_json_object(told.substr(begin, end - begin));
            REQUIRE(line);
            CHECK(line->at("phase").as_string() == "stored");
            CHECK(line->at("verdict").as_string() == "good");
            CHECK(line->at("receipt").as_object().at("action") == line->at("action"));
            const std::string tenant(line->at("tenant").as_string());
            CHECK(seen.insert(tenant + ' ' + std::string(line->at("machine").as_string())).second);
        }
        CHECK(seen.size() == sites_.size() * machines);
        for (const auto& site : sites_) check_site(*site, machines);
    }

  private:
    void check_site(const Server& site, std::size_t machines) const {
        CAPTURE(site.tenant);
        const auto packages = mde::verify_packages<mde::OpensslSha256>(out(site));
        REQUIRE(packages.has_value());
        CHECK(packages->size() == machines);
        std::set<std::string> of_machines;
        for (const mde::VerifiedPackage& package : *packages) {
            CHECK(package.verdict == mde::Verdict::good);
            REQUIRE(package.receipt.has_value());
            CHECK(package.receipt->tenant == site.tenant);
            of_machines.insert(package.receipt->machine);
        }
        CHECK(of_machines.size() == machines);
        CHECK(site.log.count("collect", 201) == machines);
        CHECK(site.log.count("collect") == machines);
        // Nothing unfinished is left.
        CHECK(names_in(out(site)).size() == 2 * machines);
    }

    TemporaryDirectory directory_;
    std::vector<std::unique_ptr<Server>> sites_;
};

/// The most requests of a stage that came to a service within any closed window.
inline std::size_t most_within(const RequestLog& log, std::string_view stage,
                               mde::Duration window) {
    std::vector<mde::UtcTime> times;
    for (const LoggedLine& line : log.lines())
        if (line.stage == stage) times.push_back(mde::wire::parse_date(line.time).value());
    std::size_t most = 0;
    std::size_t begin = 0;
    for (std::size_t end = 0; end < times.size(); ++end) {
        while (times[end] - times[begin] > window) ++begin;
        most = std::max(most, end - begin + 1);
    }
    return most;
}

/// The processes that a fleet says are its workers.
inline std::vector<::pid_t> workers_of(const std::string& text) {
    constexpr std::string_view before = " is process ";
    std::vector<::pid_t> workers;
    for (std::size_t at = 0; (at = text.find(before, at)) != text.npos; at += before.size())
        workers.push_back(static_cast<::pid_t>(std::stol(text.substr(at + before.size()))));
    return workers;
}

} // namespace mde_test

#endif
