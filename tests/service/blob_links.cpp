// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <mde/service/blob_path.hpp>
#include <mde/service/gzip_writer.hpp>
#include <mde/service/sas_signer.hpp>
#include <mde/wire/gzip_header.hpp>
#include <mde/wire/link_grammar.hpp>

#include <doctest/doctest.h>

using namespace mde_test;

namespace {

using mde::ExportKind;
using BlobFields = std::vector<mde::HeaderField>;

struct BlobFixture : Fixture {
    BlobFixture() {
        service::Application app = application();
        for (const Permission extra :
             {Permission::software_read_all, Permission::vulnerability_read_all,
              Permission::security_baselines_assessment_read_all})
            app.granted = app.granted.with(extra);
        emulator.settings().token_lifetime = 24h;
        token = emulator.make_token(app, now);
    }

    std::string live_response() {
        const MachineActionId id =
            emulator.add_action(std::string(tenant), mde::MachineActionType::live_response,
                                std::string(machine), {}, now);
        emulator.blobs().put_result(id, 2, "result");
        pass(10s);
        return std::string(id.text());
    }
    HttpReply result_link(std::string_view id, std::string_view index = "2") {
        return get("/api/machineactions/" + std::string(id) +
                   "/GetLiveResponseResultDownloadLink(index=" + std::string(index) + ")");
    }
    std::string result_target(std::string_view id) {
        return target_of(text_of(json_of(result_link(id)), "value"));
    }
    /// The links of an export.
    std::vector<std::string> links(std::string_view path) {
        std::vector<std::string> found;
        const auto body = json_of(get(path));
        for (const auto& link : body.at("exportFiles").as_array())
            found.emplace_back(link.as_string().c_str());
        return found;
    }
    std::string file_target(std::string_view path = inventory) {
        return target_of(links(path).at(0));
    }

    static constexpr std::string_view inventory = "/api/machines/SoftwareInventoryExport";
};

/// The names of the parameters, in their order.
std::string order_of(std::string_view target) {
    std::string names;
    std::string_view query = target.substr(target.find('?') + 1);
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        names += (names.empty() ? "" : " ") + std::string(pair.substr(0, pair.find('=')));
        query.remove_prefix((std::min)(query.size(), pair.size() + 1));
    }
    return names;
}

mde::UtcTime date_in(std::string_view target, std::string_view name) {
    return *wire::parse_date(
        *wire::percent_decoded(*wire::query_value(target, name), wire::PlusSign::is_plus));
}

} // namespace

TEST_CASE_FIXTURE(BlobFixture, "a result's link has the recorded shape and is not quoted") {
    const auto body = json_of(result_link(live_response()));
    CHECK(text_of(body, "@odata.context") ==
          "https://api.securitycenter.microsoft.com/api/$metadata#Edm.String");
    const std::string link = text_of(body, "value");
    CHECK(link.starts_with("https://mdeexports.blob.core.windows.net/"));
    CHECK(order_of(target_of(link)) == "se sp sv sr sig");
    CHECK(date_in(target_of(link), "se") == now.utc + 30min);
}

TEST_CASE_FIXTURE(BlobFixture, "some signatures of results hold a raw slash and still are good") {
    const std::string id = live_response();
    bool seen = false;
    for (int i = 0; i < 100 && !seen; ++i) {
        const std::string target = result_target(id);
        seen = wire::query_value(target, "sig")->find('/') != std::string_view::npos;
        CHECK(download(target).status == 200);
        pass(1s);
    }
    CHECK(seen);
}

TEST_CASE_FIXTURE(BlobFixture, "a result is there for its command only") {
    const std::string id = live_response();
    CHECK(whole_body(download(result_target(id))) == "result");
    CHECK(result_link(id, "1").status == 404);
    CHECK(result_link(id, "x").status == 404);
    CHECK(result_link("7327b54fd718525cbca07dacde913b5ac3c85673").status == 400);
    CHECK(result_link("7327b54f-d718-425c-bca0-7dacde913b5a").status == 404);
    const HttpReply refused = result_link(finished());
    CHECK(refused.status == 400);
    CHECK(error_code_of(refused) == "InvalidInput");
    CHECK(ask("POST", "/api/machineactions/" + id + "/GetLiveResponseResultDownloadLink(index=2)",
              "{}")
              .status == 404);
}

TEST_CASE_FIXTURE(BlobFixture, "an export has the recorded envelope and order") {
    const HttpReply reply = get(inventory);
    CHECK(reply.status == 200);
    const auto body = json_of(reply);
    CHECK(text_of(body, "@odata.context")
              .ends_with("/api/$metadata#microsoft.windowsDefenderATP.api.ExportFilesResponse"));
    CHECK(text_of(body, "generatedTime") == "2024-05-01T00:00:00Z");
    const std::string link = links(inventory).at(0);
    CHECK(link.starts_with("https://mdeexports.blob.core.windows.net/"));
    CHECK(order_of(target_of(link)) == "sv st se sr sp sig");
    CHECK(date_in(target_of(link), "se") - date_in(target_of(link), "st") == 3h);
    const std::string file = whole_body(download(target_of(link)));
    CHECK(wire::begins_like_gzip(std::as_bytes(std::span(file))));
    CHECK(file.find("SoftwareInventoryExport") != std::string::npos);
}

TEST_CASE_FIXTURE(BlobFixture, "every export is found in any case and needs its permission") {
    for (const std::string_view name : mde::export_names) {
        CAPTURE(std::string(name));
        CHECK(get("/api/machines/" + std::string(name)).status == 200);
        std::string lower;
        for (const char c : name) lower.push_back(mde::ascii::to_lower(c));
        CHECK(get("/API/v1.0/Machines/" + lower).status == 200);
        pass(1h);
    }
    token = emulator.make_token(application(), now);
    for (const std::string_view name : mde::export_names)
        CHECK(get("/api/machines/" + std::string(name)).status == 403);
    CHECK(error_message_of(get(inventory)).find("(Software.Read.All)") != std::string::npos);
    CHECK(get("/api/machines/SomethingElseExport").status == 404);
}

TEST_CASE_FIXTURE(BlobFixture, "both spellings of the hours are accepted and odd ones are not") {
    const auto hours = [&](std::string_view path) {
        pass(1h);
        const std::string target = file_target(path);
        return date_in(target, "se") - date_in(target, "st");
    };
    const std::string path(inventory);
    CHECK(hours(path + "?sasValidHours=1") == 1h);
    CHECK(hours(path + "?$sasValidHours=6") == 6h);
    CHECK(hours(path + "?%24SASVALIDHOURS=2") == 2h);
    CHECK(hours(path + "?other=9") == 3h);
    CHECK(hours("/api/machines/certificateAssessmentExport?sasValidHours=24") == 24h);
    // A page that knows no such parameter.
    CHECK(hours("/api/machines/HardwareFirmwareInventoryExport?sasValidHours=2") == 3h);
    pass(1h);
    for (const char* odd : {"0", "7", "x", "", "-1"}) {
        const HttpReply refused = get(path + "?sasValidHours=" + odd);
        CHECK(refused.status == 400);
        CHECK(error_code_of(refused) == "InvalidInput");
        pass(1h);
    }
}

TEST_CASE_FIXTURE(BlobFixture, "a blob's link begins and ends to the second") {
    emulator.settings().blob.start_after = 10s;
    emulator.settings().blob.export_lifetime = 60s;
    const std::string target = file_target();
    const HttpReply early = download(target);
    CHECK(early.status == 403);
    pass(10s - 100ns);
    CHECK(download(target).status == 403);
    pass(100ns);
    CHECK(download(target).status == 200);
    pass(60s - 100ns);
    CHECK(download(target).status == 200);
    pass(100ns);
    const HttpReply dead = download(target);
    CHECK(dead.status == 403);
    CHECK(field_of(dead, "Content-Type") == "application/xml");
    CHECK(field_of(dead, "x-ms-error-code") == "AuthenticationFailed");
    CHECK(dead.body.find("<Code>AuthenticationFailed</Code>") != std::string::npos);
    CHECK(!dead.source);
}

TEST_CASE_FIXTURE(BlobFixture, "an altered blob link is refused whichever byte was changed") {
    for (const std::string& target : {file_target(), result_target(live_response())}) {
        REQUIRE(download(target).status == 200);
        for (std::size_t i = service::blob_root.size(); i < target.size(); ++i) {
            CAPTURE(i);
            std::string altered = target;
            altered[i] = altered[i] == '3' ? '4' : '3';
            CHECK(download(altered).status == 403);
        }
    }
    const std::string target = file_target();
    CHECK(download(target.substr(0, target.find('?'))).status == 403);
    CHECK(download(service::blob_root).status == 403);
    // A later second end is not looked at.
    CHECK(download(target + "&se=2999-01-01T00%3A00%3A00Z").status == 200);
    const std::size_t query = target.find('?') + 1;
    CHECK(download(target.substr(0, query) + "se=2999-01-01T00%3A00%3A00Z&" + target.substr(query))
              .status == 403);
    pass(4h);
    CHECK(download(target + "&se=2999-01-01T00%3A00%3A00Z").status == 403);
}

TEST_CASE_FIXTURE(BlobFixture, "the files of a snapshot are gone when a newer one is made") {
    const std::string target = file_target();
    emulator.blobs().put_snapshot(ExportKind::software_inventory, now.utc + 1s, {"new"});
    const HttpReply gone = download(target);
    CHECK(gone.status == 404);
    CHECK(field_of(gone, "x-ms-error-code") == "BlobNotFound");
    CHECK(whole_body(download(file_target())) == "new");
}

TEST_CASE_FIXTURE(BlobFixture, "the sample is made anew every six hours") {
    const auto generated = [&] { return text_of(json_of(get(inventory)), "generatedTime"); };
    CHECK(generated() == "2024-05-01T00:00:00Z");
    pass(6h - 1s);
    CHECK(generated() == "2024-05-01T00:00:00Z");
    pass(1s);
    CHECK(generated() == "2024-05-01T06:00:00Z");
}

TEST_CASE_FIXTURE(BlobFixture, "ranges of a blob are answered with exactly their bytes") {
    const std::string target = result_target(live_response());
    const HttpReply part = download(target, BlobFields{{"Range", "bytes=1-3"}});
    CHECK(part.status == 206);
    CHECK(whole_body(part) == "esu");
    CHECK(field_of(part, "Content-Range") == "bytes 1-3/6");
    CHECK(download(target, BlobFields{{"Range", "bytes=6-"}}).status == 416);
    const std::string etag = field_of(download(target), "ETag");
    CHECK(download(target, BlobFields{{"Range", "bytes=1-"}, {"If-Range", etag}}).status == 206);
    CHECK(download(target, BlobFields{{"Range", "bytes=1-"}, {"If-Range", "\"x\""}}).status == 200);
}

TEST_CASE_FIXTURE(BlobFixture, "exports share a quota of five a minute and twenty an hour") {
    for (int i = 0; i < 5; ++i) CHECK(get(inventory).status == 200);
    CHECK(get("/api/machines/InfoGatheringExport").status == 429);
    for (int minute = 0; minute < 3; ++minute) {
        pass(1min);
        for (int i = 0; i < 5; ++i) CHECK(get(inventory).status == 200);
    }
    pass(1min);
    CHECK(get(inventory).status == 429);
}

TEST_CASE("a stored gzip file has its header and blocks and trailer") {
    const std::string small = service::stored_gzip("hello");
    CHECK(small.size() == 10 + 5 + 5 + 8);
    CHECK(small.substr(10, 10) == std::string("\1\5\0\xfa\xffhello", 10));
    CHECK(static_cast<unsigned char>(small[small.size() - 4]) == 5);
    const std::uint32_t checksum = service::crc32("hello");
    for (unsigned i = 0; i < 4; ++i)
        CHECK(static_cast<unsigned char>(small[small.size() - 8 + i]) ==
              (checksum >> (8 * i) & 0xff));
    CHECK(service::stored_gzip("").size() == 10 + 5 + 8);
    const std::string large(65536, 'a');
    CHECK(service::stored_gzip(large).size() == 10 + 5 + 65535 + 5 + 1 + 8);
    CHECK(service::stored_gzip(large)[10] == 0);
    CHECK(service::stored_gzip(large)[10 + 5 + 65535] == 1);
}

TEST_CASE("paths of blobs are read back and nothing else is") {
    const service::ExportBlob file{ExportKind::certificates, 638412345678901234u, 12};
    const service::ResultBlob result{
        *MachineActionId::parse("7327b54f-d718-425c-bca0-7dacde913b5a"), 3};
    CHECK(std::get<service::ExportBlob>(service::read_blob_path(service::path_of(file))) == file);
    CHECK(std::get<service::ResultBlob>(service::read_blob_path(service::path_of(result))) ==
          result);
    for (const char* tail :
         {"", "x", "exports", "exports/x/1/1/export.json.gz", "exports/InfoGatheringExport/1/1",
          "exports/InfoGatheringExport/1/x/export.json.gz",
          "exports/InfoGatheringExport/1/1/export.json.gz/more", "results/x/1/output",
          "results/7327b54f-d718-425c-bca0-7dacde913b5a/x/output",
          "results/7327b54f-d718-425c-bca0-7dacde913b5a/4294967296/output"})
        CHECK(std::holds_alternative<std::monostate>(
            service::read_blob_path(std::string(service::blob_root) + tail)));
}
