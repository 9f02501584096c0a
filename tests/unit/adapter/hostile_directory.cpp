// SPDX-License-Identifier: BSL-1.0
// Every name that a store of files uses, with everything at it that an attacker could put there: it
// never hangs, nothing outside the directory is read or written, and what is said to be stored is.
// The store of tokens is in tests/wire/file_token_store.cpp, since it hashes.
#include <mde/adapter/file_quotas.hpp>
#include <mde/adapter/file_state.hpp>
#include <mde/adapter/file_store.hpp>
#include <mde/adapter/verify_packages.hpp>

#include "support/bytes.hpp"
#include "support/obstacles.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

using namespace mde;
using namespace mde_test;

namespace {

const std::string hostile_id = "7327b54f-d718-525c-bca0-7dacde913b5a";
const PackageKey hostile_key{*MachineActionId::parse(hostile_id)};

error_code store_five_bytes(const std::string& path) {
    auto store = FileStore::in(path);
    if (!store) return store.error();
    auto writer = store->open(hostile_key);
    if (!writer) return writer.error();
    if (const error_code ec = writer->begin({5, "\"tag\"", 0})) return ec;
    if (const error_code ec = writer->write(0, bytes("hello"))) return ec;
    Receipt receipt;
    receipt.action = hostile_id;
    receipt.length = 5;
    return writer->commit(receipt);
}

QuotaKey hostile_quota() { return {"contoso.example", "app-1", Stage::get_link}; }
const std::string quota_name = "contoso.example,app-1,get%20link.quota";

/// All bytes are one: what is compared is not a hash but where they were read from.
struct NoHash {
    void update(std::span<const std::byte>) {}
    result<Sha256Digest> finish() { return Sha256Digest{}; }
};

} // namespace

TEST_CASE("whatever lies at a name of the package store nothing outside is touched") {
    for (const char* suffix :
         {".zip", ".zip.part", ".zip.journal", ".receipt.json", ".receipt.json.part", ".lock"})
        for (const Obstacle obstacle : all_obstacles) {
            CAPTURE(suffix);
            CAPTURE(name_of(obstacle));
            const Watchdog watchdog;
            const Elsewhere elsewhere;
            const TemporaryDirectory directory;
            elsewhere.put(obstacle, directory.file(hostile_id + suffix));
            const error_code error = store_five_bytes(directory.path());
            CHECK(elsewhere.is_untouched());
            if (error) {
                CHECK(error.category() == mde_category());
                const bool is_package = is_plain_file(directory.file(hostile_id + ".zip")) &&
                                        directory.read(hostile_id + ".zip") == "hello";
                CHECK_FALSE(is_package);
                continue;
            }
            CHECK(is_plain_file(directory.file(hostile_id + ".zip")));
            CHECK(directory.read(hostile_id + ".zip") == "hello");
            CHECK(is_plain_file(directory.file(hostile_id + ".receipt.json")));
            CHECK(directory.mode(hostile_id + ".receipt.json") == 0600);
        }
}

TEST_CASE("a part or a journal that was put there by others is not gone on with") {
    for (const char* suffix : {".zip.part", ".zip.journal"})
        for (const Obstacle obstacle : all_obstacles) {
            CAPTURE(suffix);
            CAPTURE(name_of(obstacle));
            const Watchdog watchdog;
            const TemporaryDirectory directory;
            {
                auto store = *FileStore::in(directory.path());
                auto writer = store.open(hostile_key);
                REQUIRE(writer);
                REQUIRE_FALSE(writer->begin({10, "\"tag\"", 0}));
                REQUIRE_FALSE(writer->write(0, bytes("hello")));
            }
            const Elsewhere elsewhere(directory.read(hostile_id + suffix));
            std::filesystem::remove(directory.file(hostile_id + suffix));
            elsewhere.put(obstacle, directory.file(hostile_id + suffix));
            auto store = *FileStore::in(directory.path());
            auto writer = store.open(hostile_key);
            REQUIRE(writer);
            CHECK(writer->part() == PackagePart{});
            writer->abort();
            CHECK(elsewhere.is_untouched());
        }
}

TEST_CASE("whatever lies at a name of a saved state nothing outside is touched") {
    for (const char* suffix : {"", ".part", ".lock"})
        for (const Obstacle obstacle : all_obstacles) {
            CAPTURE(suffix);
            CAPTURE(name_of(obstacle));
            const Watchdog watchdog;
            const Elsewhere elsewhere;
            const TemporaryDirectory directory;
            elsewhere.put(obstacle, directory.file(std::string("job") + suffix));
            auto state = FileState::at(directory.file("job"));
            error_code error = state ? error_code() : state.error();
            if (state) {
                const auto loaded = state->load();
                const bool is_foreign = loaded && *loaded && obstacle != Obstacle::readable_file &&
                                        obstacle != Obstacle::hard_link &&
                                        obstacle != Obstacle::hard_link_to_empty;
                CHECK_FALSE(is_foreign);
                error = state->save("saved");
            }
            CHECK(elsewhere.is_untouched());
            if (error) {
                CHECK(error.category() == mde_category());
                continue;
            }
            CHECK(is_plain_file(directory.file("job")));
            CHECK(directory.read("job") == "saved");
        }
}

TEST_CASE("whatever lies at the name of a quota nothing outside is touched or waited for") {
    const Now now{MonotonicTime(std::chrono::hours(1)), UtcTime()};
    for (const Obstacle obstacle : all_obstacles) {
        CAPTURE(name_of(obstacle));
        const Watchdog watchdog;
        const Elsewhere elsewhere;
        const TemporaryDirectory directory;
        FileQuotas quotas = *FileQuotas::in(directory.path());
        elsewhere.put(obstacle, directory.file(quota_name));
        const auto wait = quotas.acquire(hostile_quota(), Quota{.per_minute = 2}, now);
        REQUIRE_FALSE(wait);
        CHECK(wait.error().category() == mde_category());
        quotas.throttled(hostile_quota(), std::chrono::seconds(5), now);
        CHECK(elsewhere.is_untouched());
    }
    const TemporaryDirectory directory;
    FileQuotas quotas = *FileQuotas::in(directory.path());
    REQUIRE(quotas.acquire(hostile_quota(), Quota{.per_minute = 2}, now));
    CHECK(directory.names() == std::set<std::string>{quota_name});
}

TEST_CASE("a lock that somebody else holds on a foreign file stops no quota for good") {
    const Watchdog watchdog;
    const TemporaryDirectory directory;
    FileQuotas quotas = *FileQuotas::in(directory.path());
    directory.write(quota_name, "");
    REQUIRE(::chmod(directory.file(quota_name).c_str(), 0644) == 0);
    const int held = ::open(directory.file(quota_name).c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::flock(held, LOCK_EX) == 0);
    const Now now{MonotonicTime(std::chrono::hours(1)), UtcTime()};
    CHECK(quotas.acquire(hostile_quota(), Quota{.per_minute = 2}, now).error() ==
          errc::store_denied);
    ::close(held);
}

TEST_CASE("what is no file is not verified as a package") {
    Receipt receipt;
    receipt.action = hostile_id;
    receipt.content = "InvestigationPackage";
    for (const Obstacle obstacle : all_obstacles) {
        CAPTURE(name_of(obstacle));
        const Watchdog watchdog;
        const Elsewhere elsewhere("");
        const TemporaryDirectory directory;
        directory.write(hostile_id + ".receipt.json", wire::encode_receipt(receipt));
        elsewhere.put(obstacle, directory.file(hostile_id + ".zip"));
        const auto found = verify_packages<NoHash>(directory.path());
        REQUIRE(found);
        REQUIRE(found->size() == 1);
        const bool is_file = obstacle == Obstacle::hard_link ||
                             obstacle == Obstacle::readable_file ||
                             obstacle == Obstacle::hard_link_to_empty;
        CHECK((found->front().verdict == Verdict::unreadable) == !is_file);

        const TemporaryDirectory other;
        elsewhere.put(obstacle, other.file(hostile_id + ".receipt.json"));
        const auto receipts = verify_packages<NoHash>(other.path());
        REQUIRE(receipts);
        CHECK(receipts->front().verdict == Verdict::unreadable);
    }
}

TEST_CASE("a directory that is swapped while a package is written is written to all the same") {
    const TemporaryDirectory parent;
    const Elsewhere elsewhere;
    auto store = *FileStore::in(parent.file("out"));
    auto writer = store.open(hostile_key);
    REQUIRE(writer);
    REQUIRE_FALSE(writer->begin({5, "", 0}));
    std::filesystem::rename(parent.file("out"), parent.file("moved"));
    elsewhere.put(Obstacle::link_to_directory, parent.file("out"));
    REQUIRE_FALSE(writer->write(0, bytes("hello")));
    CHECK_FALSE(writer->commit(Receipt()));
    CHECK(elsewhere.is_untouched());
    CHECK(parent.read("moved/" + hostile_id + ".zip") == "hello");
}

TEST_CASE("a part that is swapped while it is written is not told as stored") {
    for (const Obstacle obstacle :
         {Obstacle::link_to_file, Obstacle::hard_link, Obstacle::readable_file, Obstacle::pipe}) {
        CAPTURE(name_of(obstacle));
        const TemporaryDirectory directory;
        const Elsewhere elsewhere;
        auto store = *FileStore::in(directory.path());
        auto writer = store.open(hostile_key);
        REQUIRE(writer);
        REQUIRE_FALSE(writer->begin({5, "", 0}));
        REQUIRE_FALSE(writer->write(0, bytes("hello")));
        std::filesystem::rename(directory.file(hostile_id + ".zip.part"), directory.file("mine"));
        elsewhere.put(obstacle, directory.file(hostile_id + ".zip.part"));
        CHECK(writer->commit(Receipt()) == errc::store_denied);
        CHECK_FALSE(store.has(hostile_key));
        CHECK(elsewhere.is_untouched());
    }
}
