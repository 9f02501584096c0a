// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/verify_packages.hpp>

#include "support/bytes.hpp"
#include "support/temporary_directory.hpp"

#include <filesystem>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

/// Counts bytes and nothing else: what it says is right for as many zeros.
struct LengthHasher {
    std::uint64_t seen = 0;

    void update(std::span<const std::byte> bytes) { seen += bytes.size(); }
    result<Sha256Digest> finish() {
        std::array<std::byte, 32> sum{};
        for (std::size_t i = 0; i < 8; ++i) sum[i] = static_cast<std::byte>(seen >> (8 * i));
        return Sha256Digest{sum};
    }
};

/// A package of `size` bytes whose receipt says what `LengthHasher` finds.
void put_package(const TemporaryDirectory& directory, const std::string& stem, std::size_t size) {
    directory.write(stem + ".zip", std::string(size, 'x'));
    Receipt receipt;
    receipt.content = "InvestigationPackage";
    receipt.action = stem;
    receipt.length = size;
    LengthHasher hasher;
    hasher.update(bytes(std::string(size, 'x')));
    receipt.sha256 = *hasher.finish();
    directory.write(stem + ".receipt.json", wire::encode_receipt(receipt));
}

} // namespace

TEST_CASE("an empty directory has no packages and none that is not there can be read") {
    const TemporaryDirectory directory;
    CHECK(verify_packages<LengthHasher>(directory.path())->empty());
    CHECK(verify_packages<LengthHasher>(directory.file("nowhere")).error() == errc::store_failed);
    directory.write("plain", "a file");
    CHECK(verify_packages<LengthHasher>(directory.file("plain")).error() == errc::store_failed);
}

TEST_CASE("packages are told in the order of their names with what their receipts hold") {
    const TemporaryDirectory directory;
    put_package(directory, "b", 3);
    put_package(directory, "a", 300'000);
    directory.write("c.zip", "PK");
    directory.write("d.receipt.json", "{}");
    directory.write("e.zip.part", "PK");
    directory.write("e.lock", "");
    directory.write("notes.txt", "nothing of ours");
    const auto found = *verify_packages<LengthHasher>(directory.path());
    REQUIRE(found.size() == 4);
    CHECK(found[0].name == "a.zip");
    CHECK(found[0].verdict == Verdict::good);
    CHECK(found[0].receipt->length == 300'000);
    CHECK(found[1].name == "b.zip");
    CHECK(found[1].verdict == Verdict::good);
    CHECK(found[2].name == "c.zip");
    CHECK(found[2].verdict == Verdict::without_receipt);
    CHECK_FALSE(found[2].receipt);
    CHECK(found[3].name == "d.receipt.json");
    CHECK(found[3].verdict == Verdict::unreadable);
}

TEST_CASE("what differs from its receipt says how") {
    const auto verdict = [](auto change) {
        const TemporaryDirectory directory;
        put_package(directory, "a", 10);
        change(directory);
        const auto found = *verify_packages<LengthHasher>(directory.path());
        REQUIRE(found.size() == 1);
        return found.front().verdict;
    };
    const auto with_hash = [](const TemporaryDirectory& directory) {
        Receipt receipt = *wire::decode_receipt(directory.read("a.receipt.json"));
        receipt.sha256 = Sha256Digest();
        directory.write("a.receipt.json", wire::encode_receipt(receipt));
    };
    CHECK(verdict(with_hash) == Verdict::other_hash);
    CHECK(verdict([](const auto& d) { d.write("a.zip", "short"); }) == Verdict::other_length);
    CHECK(verdict([](const auto& d) { std::filesystem::remove(d.file("a.zip")); }) ==
          Verdict::missing);
    CHECK(verdict([](const auto& d) { d.write("a.receipt.json", "not JSON"); }) ==
          Verdict::unreadable);
    CHECK(verdict([](const auto& d) {
              std::filesystem::rename(d.file("a.zip"), d.file("elsewhere"));
              std::filesystem::create_symlink(d.file("elsewhere"), d.file("a.zip"));
          }) == Verdict::unreadable);
}
