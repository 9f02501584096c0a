// SPDX-License-Identifier: BSL-1.0
// Many machines in one job.

#include "cli/fleet_job.hpp"

#include <mde/wire/json.hpp>

#include <algorithm>
#include <csignal>
#include <string>

using namespace mde_test;

TEST_CASE("packages of many machines are stored with a line for each") {
    const Server server({"--no-quota"});
    const FleetJob job(server);
    const Run done = job.run();
    INFO(done.error);
    CHECK(done.status == 0);
    CHECK(std::count(done.out.begin(), done.out.end(), '\n') == 4);
    for (const std::string& id : fleet_machines) CHECK(has(done.out, id + "  stored  action="));
    job.check_all_stored();
    CHECK(server.log.count("collect", 201) == 4);

    const Run again = job.run({"--json"});
    CHECK(again.status == 0);
    const auto line = mde::wire::parse_json_object(again.out.substr(0, again.out.find('\n')));
    REQUIRE(line);
    CHECK(line->at("machine").as_string() == fleet_machines.front());
    CHECK(line->at("phase").as_string() == "stored");
    CHECK(line->at("path").as_string().starts_with(job.out()));
    CHECK(server.log.count("collect") == 4);
    CHECK(server.log.count("download") == 4);
}

TEST_CASE("progress of many machines is told in counts") {
    const Server server({"--no-quota"});
    const FleetJob job(server);
    Program program(job.loud_words(), with_secret());
    CHECK(program.wait() == 0);
    CHECK(has(program.error, "4 waiting, 0 collecting, 0 to fetch, 0 stored, 0 failed\n"));
    CHECK(has(program.error, "0 waiting, 0 collecting, 0 to fetch, 4 stored, 0 failed\n"));
    CHECK(!has(program.error, "downloading"));
}

TEST_CASE("machines that are new in the file join the job") {
    const Server server({"--no-quota"});
    const FleetJob job(server);
    REQUIRE(job.run().status == 0);
    const std::string fifth(40, '5');
    const Run done = job.run({"--machine-id", fifth, "--machine-id", fleet_machines.front()});
    CHECK(done.status == 0);
    CHECK(std::count(done.out.begin(), done.out.end(), '\n') == 5);
    CHECK(has(done.out, fifth + "  stored"));
    CHECK(server.log.count("collect", 201) == 5);
}

TEST_CASE("a state of another tenant or of no job is refused") {
    const Server server({"--no-quota"});
    const FleetJob job(server);
    REQUIRE(job.run().status == 0);
    const std::size_t before = server.log.count();
    const Run other = job.run({"--tenant-id", "other.example"});
    CHECK(other.status == 18);
    CHECK(has(one_line(other), "--state: store: the saved state cannot be used; "));
    const Run comment = job.run({"--comment", "another case"});
    CHECK(comment.status == 2);
    CHECK(has(one_line(comment), "--comment: is not the one"));
    job.write("state", "{}\n");
    CHECK(job.run().status == 18);
    CHECK(server.log.count() == before);
}

TEST_CASE("machines that failed are told and tried again when asked to") {
    // The one answer is lost to everybody, the others are as they should be.
    const Server server({"--no-quota", "--fault", "get-link:2:403"});
    const FleetJob job(server);
    const Run first = job.run();
    CHECK(first.status == 17);
    CHECK(has(one_line(first), "1 of 4 packages are not stored"));
    CHECK(has(first.out, "  failed  action="));
    CHECK(has(first.out, "a permission is missing"));
    CHECK(job.run().status == 17);
    CHECK(server.log.count("get-link") == 4);
    const Run again = job.run({"--retry-failed"});
    CHECK(again.status == 0);
    job.check_all_stored();
    CHECK(server.log.count("collect", 201) == 4);
    CHECK(server.log.count("download", 200) == 4);
}

TEST_CASE("a collection that failed on its machine is asked for anew when it is tried again") {
    const Server server({"--no-quota", "--fail-actions", "Failed"});
    const FleetJob job(server);
    const Run first = job.run();
    CHECK(first.status == 17);
    CHECK(has(first.out, "  failed  action="));
    CHECK(job.run({"--retry-failed"}).status == 17);
    CHECK(server.log.count("collect", 201) == 8);
}

TEST_CASE("an answer that got lost begins no second collection") {
    const Server server({"--no-quota", "--fault", "collect:1:drop", "--fault", "collect:3:drop"});
    const FleetJob job(server);
    CHECK(job.run().status == 0);
    job.check_all_stored();
    CHECK(server.log.count("collect") == 4);
}

TEST_CASE("two processes do not work at one job") {
    const Server server({"--no-quota", "--collect-seconds", "3600"});
    const FleetJob job(server);
    Program first(job.loud_words(), with_secret());
    REQUIRE(first.read_until([&] { return has(first.error, "0 waiting, 4 collecting"); }));
    const Run second = job.run();
    CHECK(second.status == 10);
    CHECK(has(one_line(second), "collect-many: --state: "));
    first.signal(SIGINT);
    CHECK(first.wait() == 130);
}

TEST_CASE("a job that a signal ended goes on where it was") {
    const Server server({"--no-quota", "--download-delay", "3600"});
    const FleetJob job(server);
    Program program(job.loud_words(), with_secret());
    REQUIRE(program.wait_for([&] { return server.log.count("download") == 4; }));
    program.signal(SIGTERM);
    CHECK(program.wait() == 143);
    CHECK(has(program.error, "stopped by SIGTERM; run the same command again"));
    CHECK(std::count(program.out.begin(), program.out.end(), '\n') == 4);
    CHECK(job.phases() == Words{"ready", "ready", "ready", "ready"});
    CHECK(server.log.count("collect", 201) == 4);
}

TEST_CASE("what cannot be a job is refused before anything is asked for") {
    const Server server;
    const FleetJob job(server);
    job.write("machines", "# only a comment\n\n");
    CHECK(has(one_line(job.run()), "--machines-file: names no machine"));
    job.write("machines", std::string(machine) + "\nhost.example # a name\n");
    const Run refused = job.run();
    CHECK(refused.status == 2);
    CHECK(has(one_line(refused), "--machines-file: line 2: is no machine id"));
    CHECK(server.log.count() == 0);
}
