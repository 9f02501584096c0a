// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <mde/wire/package_uri_codec.hpp>

#include <doctest/doctest.h>

using namespace mde_test;

TEST_CASE("a link has the recorded shape in both quotings") {
    Fixture fixture;
    const std::string id = fixture.finished();
    const auto quoted = json_of(fixture.link(id));
    CHECK(text_of(quoted, "@odata.context") ==
          "https://api.securitycenter.microsoft.com/api/$metadata#Edm.String");
    const std::string value = text_of(quoted, "value");
    CHECK(value.starts_with("\"https://userrequests-us.securitycenter.windows.com:443/"
                            "safedownload/WDATP_Investigation_Package.zip?token="));
    CHECK(value.ends_with('"'));
    CHECK(value.find("%3b") != std::string::npos);
    CHECK(value.find("%3B") == std::string::npos);
    CHECK(value.find('+') == std::string::npos);

    fixture.emulator.settings().link_quoting = service::LinkQuoting::plain;
    fixture.emulator.settings().link_host = "127.0.0.1";
    fixture.emulator.settings().link_port = 8443;
    CHECK(text_of(json_of(fixture.link(id)), "value")
              .starts_with("https://127.0.0.1:8443/safedownload/"));
}

TEST_CASE("the client's codec reads both quotings") {
    Fixture fixture;
    const std::string id = fixture.finished();
    for (const auto quoting : {service::LinkQuoting::plain, service::LinkQuoting::quoted}) {
        fixture.emulator.settings().link_quoting = quoting;
        const HttpReply reply = fixture.link(id);
        auto uri = wire::Codec<mde::PackageUri>::decode({nullptr, reply.body, fixture.now, {}});
        REQUIRE(uri.has_value());
        CHECK(uri->host() == "userrequests-us.securitycenter.windows.com");
        auto live = std::move(*uri).redeem(fixture.now.monotonic);
        REQUIRE(live.has_value());
        CHECK(fixture.download(live->expose_target()).status == 200);
    }
}

TEST_CASE("there is a link only for a collection that succeeded") {
    Fixture fixture;
    const std::string id = fixture.collected();
    CHECK(fixture.link(id).status == 404);
    fixture.pass(1s);
    CHECK(fixture.link(id).status == 404);
    const MachineActionId scan =
        fixture.emulator.add_action(std::string(tenant), mde::MachineActionType::isolate,
                                    std::string(machine), {}, fixture.now);
    fixture.pass(1min);
    CHECK(fixture.link(id).status == 200);
    const HttpReply refused = fixture.link(scan.text());
    CHECK(refused.status == 400);
    CHECK(error_code_of(refused) == "InvalidInput");
    CHECK(error_message_of(refused) ==
          "Provided Guid is not a valid id for a CollectInvestigationPackage action");
    fixture.pass(1min);
    CHECK(fixture.link("7327b54fd718525cbca07dacde913b5ac3c85673").status == 400);
    CHECK(fixture.link("7327b54f-d718-425c-bca0-7dacde913b5a").status == 404);
}

TEST_CASE("a link ends to the tick and a new one works") {
    Fixture fixture;
    const std::string id = fixture.finished();
    const std::string target = fixture.link_target(id);
    fixture.pass(60s - 100ns);
    CHECK(fixture.download(target).status == 200);
    fixture.pass(100ns);
    const HttpReply dead = fixture.download(target);
    CHECK(dead.status == 403);
    CHECK(dead.body == R"({"error":"Expired token"})");
    CHECK(!dead.source);
    const std::string renewed = fixture.link_target(id);
    CHECK(renewed != target);
    CHECK(fixture.download(renewed).status == 200);
}

TEST_CASE("the answer to a dead link is settable") {
    Fixture fixture;
    const std::string target = fixture.link_target(fixture.finished());
    fixture.pass(60s);
    fixture.emulator.settings().dead_link_status = 200;
    fixture.emulator.settings().dead_link_body = "gone";
    fixture.emulator.settings().dead_link_media_type = "application/zip";
    const HttpReply dead = fixture.download(target);
    CHECK(dead.status == 200);
    CHECK(dead.body == "gone");
    CHECK(field_of(dead, "Content-Type") == "application/zip");
}

TEST_CASE("an altered link is refused whichever byte was changed") {
    Fixture fixture;
    const std::string target = fixture.link_target(fixture.finished());
    const std::size_t begin = target.find("token=") + 6;
    for (std::size_t i = begin; i < target.size(); ++i) {
        CAPTURE(i);
        std::string altered = target;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        CHECK(fixture.download(altered).status == 403);
    }
    CHECK(fixture.download(service::package_path).status == 403);
    CHECK(fixture.download(std::string(service::package_path) + "?token=").status == 403);
    CHECK(fixture.download(std::string(service::package_path) + "?token=%zz").status == 403);
    CHECK(fixture.download(std::string(service::package_path) + "?token=%3b").status == 403);
    // The bearer's signature is another one, though the key is the same.
    CHECK(fixture.download(std::string(service::package_path) + "?token=" + fixture.token).status ==
          403);
}

TEST_CASE("a link whose escapes are written in upper case still is the same text") {
    Fixture fixture;
    std::string target = fixture.link_target(fixture.finished());
    for (std::size_t at = target.find("%3b"); at != std::string::npos; at = target.find("%3b"))
        target.replace(at, 3, "%3B");
    CHECK(fixture.download(target).status == 200);
}
