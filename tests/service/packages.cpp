// SPDX-License-Identifier: BSL-1.0
#include <mde/service/package_source.hpp>

#include <mde/service/gzip_writer.hpp>
#include <mde/wire/zip_end_record.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace service = mde::service;
using namespace mde::literals;

namespace {

bool is_whole(std::span<const std::byte> bytes) {
    mde::wire::ZipTail tail;
    tail.feed(bytes, 0);
    return mde::wire::has_zip_signature(bytes) && tail.complete();
}

std::string read_all(const service::GeneratedPackage& package, std::size_t step) {
    std::string text;
    std::vector<std::byte> buffer(step);
    while (const std::size_t count = package.read(text.size(), buffer))
        text.append(reinterpret_cast<const char*>(buffer.data()), count);
    return text;
}

} // namespace

TEST_CASE("the sample package is a whole zip that names its action") {
    const auto id = "7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action;
    const std::string zip = service::sample_package(id);
    CHECK(is_whole(std::as_bytes(std::span(zip))));
    CHECK(zip == service::sample_package(id));
    CHECK(zip.find("7327b54f-d718-525c-bca0-7dacde913b5a") != std::string::npos);
    CHECK(zip.find("Network connections/ActiveNetConnections.txt") != std::string::npos);
    CHECK(zip != service::sample_package("00000000-d718-525c-bca0-7dacde913b5a"_machine_action));
    CHECK(!is_whole(std::as_bytes(std::span(zip)).first(zip.size() - 1)));
}

TEST_CASE("a generated package has exactly the size that was asked for") {
    for (const std::uint64_t size : {118u, 119u, 125u, 126u, 4096u, 100'003u}) {
        const service::GeneratedPackage package(size);
        const std::string bytes = read_all(package, 1000);
        CHECK(package.size() == size);
        CHECK(bytes.size() == size);
        CHECK(is_whole(std::as_bytes(std::span(bytes))));
    }
    CHECK(service::GeneratedPackage(0).size() == 118);
}

TEST_CASE("a generated package reads the same in any pieces") {
    const service::GeneratedPackage package(50'000, 7);
    const std::string whole = read_all(package, 50'000);
    CHECK(read_all(package, 1) == whole);
    CHECK(read_all(package, 13) == whole);
    CHECK(read_all(package, 4096) == whole);
    CHECK(read_all(service::GeneratedPackage(50'000, 7), 777) == whole);
    CHECK(read_all(service::GeneratedPackage(50'000, 8), 777) != whole);
    CHECK(package.etag() != service::GeneratedPackage(50'000, 8).etag());
}

TEST_CASE("the checksum of the noise is the one of its bytes") {
    const service::LinearNoise noise(3);
    for (const std::size_t size : {0u, 1u, 7u, 8u, 9u, 1000u, 65'537u}) {
        std::string bytes(size, '\0');
        noise.read(0, std::as_writable_bytes(std::span(bytes)));
        CHECK(noise.checksum(size) == service::crc32(bytes));
    }
}

TEST_CASE("packages of four gibibytes and more have wide records that end right") {
    for (const std::uint64_t size :
         {std::uint64_t(0xfffffffe), std::uint64_t(0xffffffff), std::uint64_t(1) << 33}) {
        const service::GeneratedPackage package(size);
        CHECK(package.size() == size);
        std::vector<std::byte> end(100'000);
        REQUIRE(package.read(size - end.size(), end) == end.size());
        mde::wire::ZipTail tail;
        std::vector<std::byte> unread(1 << 20);
        std::uint64_t left = size - end.size();
        // The bytes before the end are only counted.
        while (left > 0) {
            const std::size_t count =
                static_cast<std::size_t>(std::min(left, std::uint64_t(unread.size())));
            tail.feed(std::span(unread).first(count), mde::wire::ZipTail::reach);
            left -= count;
        }
        tail.feed(end, 0);
        CHECK(tail.complete());
    }
}

TEST_CASE("two contents of one length have tags of their own") {
    CHECK(service::memory_package("one").etag != service::memory_package("two").etag);
    CHECK(service::memory_package(service::stored_gzip("one")).etag !=
          service::memory_package(service::stored_gzip("two")).etag);
}
