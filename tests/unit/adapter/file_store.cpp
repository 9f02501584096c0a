// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/file_store.hpp>

#include "support/bytes.hpp"
#include "support/temporary_directory.hpp"

#include <sys/resource.h>

#include <csignal>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

const MachineActionId id = *MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a");
const std::string name(id.text());

Receipt receipt() {
    Receipt one;
    one.action = name;
    one.length = 5;
    return one;
}

error_code store_package(FileStore& store, std::string_view text = "hello") {
    auto writer = store.open(PackageKey{id}, text.size());
    if (!writer) return writer.error();
    if (const error_code ec = writer->write(0, bytes(text))) return ec;
    return writer->commit(receipt());
}

} // namespace

TEST_CASE("a package appears whole with its receipt and nothing else") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    CHECK_FALSE(store_package(store));
    CHECK(directory.names() == std::set<std::string>{name + ".receipt.json", name + ".zip"});
    CHECK(directory.read(name + ".zip") == "hello");
    CHECK(directory.mode(name + ".zip") == 0600);
    CHECK(directory.mode(name + ".receipt.json") == 0600);
    CHECK(*wire::decode_receipt(directory.read(name + ".receipt.json")) == receipt());
}

TEST_CASE("nothing is under the final name before the commit") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    auto writer = store.open(PackageKey{id}, std::nullopt);
    REQUIRE(writer);
    CHECK_FALSE(writer->write(0, bytes("hel")));
    CHECK_FALSE(writer->write(3, bytes("lo")));
    CHECK(directory.names() == std::set<std::string>{name + ".lock", name + ".zip.part"});
    CHECK(directory.mode(name + ".zip.part") == 0600);
    CHECK_FALSE(writer->commit(receipt()));
    CHECK(directory.read(name + ".zip") == "hello");
}

TEST_CASE("an abort and a forgotten writer leave nothing") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    {
        auto writer = store.open(PackageKey{id}, 100);
        REQUIRE(writer);
        CHECK_FALSE(writer->write(0, bytes("hello")));
        writer->abort();
        CHECK(directory.names().empty());
    }
    {
        auto writer = store.open(PackageKey{id}, 100);
        REQUIRE(writer);
    }
    CHECK(directory.names().empty());
}

TEST_CASE("a package that is there is not touched") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    CHECK_FALSE(store.check(PackageKey{id}));
    CHECK_FALSE(store_package(store));
    CHECK(store.check(PackageKey{id}) == errc::store_has_package);
    CHECK(store_package(store, "other") == errc::store_has_package);
    CHECK(directory.read(name + ".zip") == "hello");
    CHECK(directory.names().size() == 2);
}

TEST_CASE("a package that appears while another is written is not replaced") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    auto writer = store.open(PackageKey{id}, 5);
    REQUIRE(writer);
    CHECK_FALSE(writer->write(0, bytes("hello")));
    directory.write(name + ".zip", "from elsewhere");
    CHECK(writer->commit(receipt()) == errc::store_has_package);
    CHECK(directory.read(name + ".zip") == "from elsewhere");
}

TEST_CASE("one package is written by one writer at a time") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    FileStore same = *FileStore::in(directory.path());
    {
        auto writer = store.open(PackageKey{id}, 5);
        REQUIRE(writer);
        const auto second = same.open(PackageKey{id}, 5);
        REQUIRE_FALSE(second);
        CHECK(second.error() == errc::store_busy);
    }
    CHECK_FALSE(store_package(same));
}

TEST_CASE("what a crash left behind is not in the way") {
    const TemporaryDirectory directory;
    directory.write(name + ".lock", "");
    directory.write(name + ".zip.part", "half a pack");
    directory.write(name + ".receipt.json.part", "{");
    directory.write(name + ".receipt.json", "of a package that never came");
    FileStore store = *FileStore::in(directory.path());
    CHECK_FALSE(store_package(store));
    CHECK(directory.read(name + ".zip") == "hello");
    CHECK(directory.names().size() == 2);
}

TEST_CASE("links at our names are never written through") {
    const TemporaryDirectory directory;
    const TemporaryDirectory elsewhere;
    elsewhere.write("victim", "precious");
    for (const char* suffix : {".zip.part", ".receipt.json.part", ".receipt.json"})
        std::filesystem::create_symlink(elsewhere.file("victim"), directory.file(name + suffix));
    FileStore store = *FileStore::in(directory.path());
    CHECK_FALSE(store_package(store));
    CHECK(elsewhere.read("victim") == "precious");
    CHECK(directory.read(name + ".zip") == "hello");

    const TemporaryDirectory locked;
    std::filesystem::create_symlink(elsewhere.file("victim"), locked.file(name + ".lock"));
    FileStore other = *FileStore::in(locked.path());
    CHECK(store_package(other) == errc::store_failed);
    CHECK(elsewhere.read("victim") == "precious");
}

TEST_CASE("a directory at our name is an error and stays") {
    const TemporaryDirectory directory;
    std::filesystem::create_directory(directory.file(name + ".zip.part"));
    FileStore store = *FileStore::in(directory.path());
    CHECK(store_package(store));
    CHECK(std::filesystem::is_directory(directory.file(name + ".zip.part")));
}

TEST_CASE("the directory is made if it is missing and must be one") {
    const TemporaryDirectory directory;
    CHECK(FileStore::in(directory.file("new")));
    CHECK(directory.mode("new") == 0700);
    CHECK(FileStore::in(directory.file("new")));
    CHECK_FALSE(FileStore::in(directory.file("no/such/parent")));
    directory.write("file", "");
    CHECK_FALSE(FileStore::in(directory.file("file")));
}

TEST_CASE("an id of an undocumented form cannot leave the directory") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    const PackageKey key{*MachineActionId::undocumented("../../etc/passwd")};
    auto writer = store.open(key, std::nullopt);
    REQUIRE(writer);
    CHECK_FALSE(writer->commit(receipt()));
    CHECK(directory.names().contains("%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.zip"));
}

TEST_CASE("a file that may not grow is no space") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    ::rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    ::rlimit small = before;
    small.rlim_cur = 1000;
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto declared = store.open(PackageKey{id}, 100'000);
    auto writer = store.open(PackageKey{id}, std::nullopt);
    const error_code written =
        writer ? writer->write(0, bytes(std::string(5000, 'x'))) : writer.error();
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    REQUIRE_FALSE(declared);
    CHECK(declared.error() == errc::store_no_space);
    CHECK(written == errc::store_no_space);
    if (writer) writer->abort();
    CHECK(directory.names().empty());
}

TEST_CASE("a result and a file of an export have names and extensions of their own") {
    TemporaryDirectory directory;
    auto store = *FileStore::in(directory.path());
    const auto keep = [&](const PackageKey& key, std::string_view text) {
        auto writer = store.open(key, text.size());
        REQUIRE(writer);
        CHECK_FALSE(writer->write(0, bytes(text)));
        CHECK_FALSE(writer->commit(Receipt()));
        CHECK(store.check(key) == errc::store_has_package);
    };
    const PackageKey result = PackageKey::live_response(id, 3);
    const PackageKey exported = PackageKey::export_file(
        ExportKind::certificates, *TenantId::parse("contoso.example"), UtcTime(), 0);
    keep(PackageKey(id), "package");
    CHECK_FALSE(store.check(result));
    keep(result, "result");
    keep(exported, "export");
    CHECK(directory.read(name + ".zip") == "package");
    CHECK(directory.read(name + "%-result-3.bin") == "result");
    CHECK(directory.names() ==
          std::set<std::string>{
              name + ".zip", name + ".receipt.json", name + "%-result-3.bin",
              name + "%-result-3.receipt.json",
              "certificateAssessmentExport%-contoso%2Eexample-19700101T000000-0000000-0.json.gz",
              "certificateAssessmentExport%-contoso%2Eexample-19700101T000000-0000000-0.receipt."
              "json"});
    {
        auto dropped = store.open(PackageKey::live_response(id, 4), std::nullopt);
        REQUIRE(dropped);
        CHECK(directory.names().contains(name + "%-result-4.bin.part"));
    }
    CHECK_FALSE(directory.names().contains(name + "%-result-4.bin.part"));
}
