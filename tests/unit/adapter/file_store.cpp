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

/// As long as it lives no file of the process grows beyond so many bytes.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(::rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        ::rlimit small = before_;
        small.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    void (*handler_)(int);
    ::rlimit before_{};
};

error_code store_package(FileStore& store, std::string_view text = "hello") {
    auto writer = store.open(PackageKey{id});
    if (!writer) return writer.error();
    if (const error_code ec = writer->begin({text.size(), "", 0})) return ec;
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
    auto writer = store.open(PackageKey{id});
    REQUIRE(writer);
    CHECK(directory.names() == std::set<std::string>{name + ".lock"});
    CHECK_FALSE(writer->begin({}));
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
        auto writer = store.open(PackageKey{id});
        REQUIRE(writer);
        CHECK_FALSE(writer->begin({100, "", 0}));
        CHECK_FALSE(writer->write(0, bytes("hello")));
        writer->abort();
        CHECK(directory.names().empty());
    }
    {
        auto writer = store.open(PackageKey{id});
        REQUIRE(writer);
        CHECK_FALSE(writer->begin({100, "", 0}));
    }
    CHECK(directory.names().empty());
}

TEST_CASE("a package that is there is not touched") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    CHECK_FALSE(store.has(PackageKey{id}));
    CHECK_FALSE(store_package(store));
    CHECK(store.has(PackageKey{id}));
    CHECK(store_package(store, "other") == errc::store_has_package);
    CHECK(directory.read(name + ".zip") == "hello");
    CHECK(directory.names().size() == 2);
}

TEST_CASE("a package that appears while another is written is not replaced") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    auto writer = store.open(PackageKey{id});
    REQUIRE(writer);
    CHECK_FALSE(writer->begin({5, "", 0}));
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
        auto writer = store.open(PackageKey{id});
        REQUIRE(writer);
        const auto second = same.open(PackageKey{id});
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
    CHECK(store_package(other) == errc::store_denied);
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
    auto writer = store.open(key);
    REQUIRE(writer);
    CHECK_FALSE(writer->begin({}));
    CHECK_FALSE(writer->commit(receipt()));
    CHECK(directory.names().contains("%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.zip"));
}

TEST_CASE("a file that may not grow is no space") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    auto writer = store.open(PackageKey{id});
    error_code declared;
    error_code written;
    {
        const FileSizeLimit limit(1000);
        declared = writer ? writer->begin({100'000, "", 0}) : writer.error();
        written = writer ? writer->begin({}) : writer.error();
        if (!written) written = writer->write(0, bytes(std::string(5000, 'x')));
    }
    CHECK(declared == errc::store_no_space);
    CHECK(written == errc::store_no_space);
    if (writer) writer->abort();
    CHECK(directory.names().empty());
}

TEST_CASE("a result and a file of an export have names and extensions of their own") {
    TemporaryDirectory directory;
    auto store = *FileStore::in(directory.path());
    const auto keep = [&](const PackageKey& key, std::string_view text) {
        auto writer = store.open(key);
        REQUIRE(writer);
        CHECK_FALSE(writer->begin({text.size(), "", 0}));
        CHECK_FALSE(writer->write(0, bytes(text)));
        CHECK_FALSE(writer->commit(Receipt()));
        CHECK(store.has(key));
    };
    const PackageKey result = PackageKey::live_response(id, 3);
    const PackageKey exported = PackageKey::export_file(
        ExportKind::certificates, *TenantId::parse("contoso.example"), UtcTime(), 0);
    keep(PackageKey(id), "package");
    CHECK_FALSE(store.has(result));
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
        auto dropped = store.open(PackageKey::live_response(id, 4));
        REQUIRE(dropped);
        CHECK_FALSE(dropped->begin({}));
        CHECK(directory.names().contains(name + "%-result-4.bin.part"));
    }
    CHECK_FALSE(directory.names().contains(name + "%-result-4.bin.part"));
}

namespace {

const PackagePart ten_bytes{10, "\"tag\"", 0};

/// As a process that died there would leave it: the first bytes, and the journal if it was due.
void leave_part(const TemporaryDirectory& directory, std::string_view text,
                const PackagePart& part = ten_bytes) {
    FileStore store = *FileStore::in(directory.path());
    auto writer = store.open(PackageKey{id});
    REQUIRE(writer);
    CHECK_FALSE(writer->begin(part));
    CHECK_FALSE(writer->write(0, bytes(text)));
}

PackagePart part_of(const TemporaryDirectory& directory) {
    FileStore store = *FileStore::in(directory.path());
    auto writer = store.open(PackageKey{id});
    REQUIRE(writer);
    return writer->part();
}

} // namespace

TEST_CASE("a part that can be gone on with stays and is gone on with") {
    const TemporaryDirectory directory;
    leave_part(directory, "hello");
    CHECK(directory.names() == std::set<std::string>{name + ".zip.part", name + ".zip.journal"});
    CHECK(directory.mode(name + ".zip.journal") == 0600);
    FileStore store = *FileStore::in(directory.path());
    auto writer = store.open(PackageKey{id});
    REQUIRE(writer);
    CHECK(writer->part() == PackagePart{10, "\"tag\"", 5});
    std::array<std::byte, 10> back{};
    CHECK(*writer->read(0, back) >= 5);
    CHECK(back[4] == std::byte{'o'});
    CHECK_FALSE(writer->write(5, bytes("world")));
    CHECK(writer->write(10, bytes("!")) == errc::store_failed);
    CHECK_FALSE(writer->commit(receipt()));
    CHECK(directory.read(name + ".zip") == "helloworld");
    CHECK(directory.names() == std::set<std::string>{name + ".zip", name + ".receipt.json"});
}

TEST_CASE("a part that nothing could prove to be the same is dropped") {
    for (const PackagePart& part :
         {PackagePart{}, PackagePart{10, "", 0}, PackagePart{{}, "\"t\"", 0}}) {
        const TemporaryDirectory directory;
        leave_part(directory, "hello", part);
        CHECK(directory.names().empty());
    }
    const TemporaryDirectory empty;
    leave_part(empty, "");
    CHECK(empty.names().empty());
}

TEST_CASE("unfinished transfers are dropped where that was asked for") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path(), {.unfinished = Unfinished::dropped});
    {
        auto writer = store.open(PackageKey{id});
        REQUIRE(writer);
        CHECK_FALSE(writer->begin(ten_bytes));
        CHECK_FALSE(writer->write(0, bytes("hello")));
    }
    CHECK(directory.names().empty());
}

TEST_CASE("bytes behind a gap are not taken for a beginning") {
    const TemporaryDirectory directory;
    {
        FileStore store = *FileStore::in(directory.path());
        auto writer = store.open(PackageKey{id});
        REQUIRE(writer);
        CHECK_FALSE(writer->begin(ten_bytes));
        CHECK_FALSE(writer->write(6, bytes("orld")));
        CHECK(writer->part().stored == 0);
        CHECK_FALSE(writer->write(0, bytes("hel")));
        CHECK(writer->part().stored == 3);
    }
    CHECK(part_of(directory).stored == 3);
}

TEST_CASE("a part is taken up only with its own whole journal") {
    const auto journal_text = [](const TemporaryDirectory& directory) {
        return directory.read(name + ".zip.journal");
    };
    const TemporaryDirectory original;
    leave_part(original, "hello");
    const std::string good = journal_text(original);
    CHECK(part_of(original).stored == 5);
    for (const std::size_t cut : {std::size_t(1), std::size_t(41), good.size()}) {
        const TemporaryDirectory directory;
        leave_part(directory, "hello");
        directory.write(name + ".zip.journal", good.substr(0, good.size() - cut));
        CHECK(part_of(directory) == PackagePart{});
        CHECK(directory.names().empty());
    }
    // Of another file, by its inode.
    const TemporaryDirectory moved;
    leave_part(moved, "hello");
    const std::string part = moved.file(name + ".zip.part");
    std::filesystem::copy_file(part, moved.file("copy"));
    std::filesystem::permissions(moved.file("copy"), std::filesystem::perms(0600));
    std::filesystem::rename(moved.file("copy"), part);
    CHECK(part_of(moved) == PackagePart{});
    // A file that is shorter than its journal says.
    const TemporaryDirectory shorter;
    leave_part(shorter, "hello");
    std::filesystem::resize_file(shorter.file(name + ".zip.part"), 4);
    CHECK(part_of(shorter) == PackagePart{});
}

TEST_CASE("after another start of the system only what was synced is trusted") {
    const TemporaryDirectory directory;
    leave_part(directory, "hello");
    std::string journal = directory.read(name + ".zip.journal");
    const std::string boot = detail::boot_id();
    REQUIRE(boot.size() == 36);
    journal.replace(journal.find(boot), 36, "00000000-0000-4000-8000-000000000000");
    directory.write(name + ".zip.journal", journal);
    CHECK(part_of(directory).stored == 0);

    const TemporaryDirectory synced;
    leave_part(synced, "hello");
    journal = synced.read(name + ".zip.journal");
    journal.replace(journal.find(boot), 36, "00000000-0000-4000-8000-000000000000");
    journal.replace(journal.size() - 2, 1, "3");
    synced.write(name + ".zip.journal", journal);
    CHECK(part_of(synced).stored == 3);
    // And what is written down from then on is of this start.
    CHECK(part_of(synced).stored == 3);
    CHECK(synced.read(name + ".zip.journal").find(boot) != std::string::npos);
}

TEST_CASE("a part that others could have written to is not trusted") {
    const TemporaryDirectory readable;
    leave_part(readable, "hello");
    std::filesystem::permissions(readable.file(name + ".zip.part"), std::filesystem::perms(0644));
    CHECK(part_of(readable) == PackagePart{});

    const TemporaryDirectory linked;
    leave_part(linked, "hello");
    std::filesystem::create_hard_link(linked.file(name + ".zip.part"), linked.file("other"));
    CHECK(part_of(linked) == PackagePart{});

    const TemporaryDirectory pointed;
    leave_part(pointed, "hello");
    std::filesystem::rename(pointed.file(name + ".zip.part"), pointed.file("other"));
    std::filesystem::create_symlink(pointed.file("other"), pointed.file(name + ".zip.part"));
    CHECK(part_of(pointed) == PackagePart{});
    CHECK(pointed.read("other").substr(0, 5) == "hello");
}

TEST_CASE("the journal is written as the part grows") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    auto writer = store.open(PackageKey{id});
    REQUIRE(writer);
    const std::string piece(300 * 1024, 'x');
    CHECK_FALSE(writer->begin({4 * piece.size(), "\"tag\"", 0}));
    const auto marked = [&] {
        return wire::decode_part_journal(directory.read(name + ".zip.journal"))->second.stored;
    };
    CHECK(marked() == 0);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK_FALSE(writer->write(i * piece.size(), bytes(piece)));
        CHECK(writer->part().stored - marked() < bounds::journal_step);
    }
    CHECK(marked() > 0);
}

TEST_CASE("a journal beside a finished package is cleared away") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    CHECK_FALSE(store_package(store));
    directory.write(name + ".zip.journal", "of a process that died right behind its last step");
    CHECK(store_package(store, "other") == errc::store_has_package);
    CHECK(directory.names() == std::set<std::string>{name + ".zip", name + ".receipt.json"});
}

TEST_CASE("a commit that finds the package there keeps nothing of its own in the way") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    {
        auto writer = store.open(PackageKey{id});
        REQUIRE(writer);
        CHECK_FALSE(writer->begin({5, "\"tag\"", 0}));
        CHECK_FALSE(writer->write(0, bytes("hello")));
        directory.write(name + ".zip", "from elsewhere");
        CHECK(writer->commit(receipt()) == errc::store_has_package);
    }
    CHECK(store.open(PackageKey{id}).error() == errc::store_has_package);
    CHECK(directory.names() == std::set<std::string>{name + ".zip", name + ".receipt.json"});
    CHECK(directory.read(name + ".zip") == "from elsewhere");
}

TEST_CASE("a full disk leaves a part that is gone on with once there is space") {
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path(), {.reserve_space = false});
    const std::string piece(600, 'x');
    {
        auto writer = store.open(PackageKey{id});
        REQUIRE(writer);
        CHECK_FALSE(writer->begin({1200, "\"tag\"", 0}));
        CHECK_FALSE(writer->write(0, bytes(piece)));
        const FileSizeLimit limit(1000);
        CHECK(writer->write(600, bytes(piece)) == errc::store_no_space);
    }
    CHECK_FALSE(store.has(PackageKey{id}));
    auto writer = store.open(PackageKey{id});
    REQUIRE(writer);
    CHECK(writer->part().stored == 600);
    CHECK_FALSE(writer->write(600, bytes(piece)));
    CHECK_FALSE(writer->commit(receipt()));
    CHECK(directory.read(name + ".zip") == piece + piece);
}
