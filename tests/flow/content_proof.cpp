// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/content_proof.hpp>

#include <mde/service/gzip_writer.hpp>

#include "support/bytes.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace mde;
using mde::flow::ContentProof;

namespace {

/// Nothing if a piece was refused, else what the end says.
std::optional<error_code> proven(ContentKind kind, std::string_view text, std::size_t piece) {
    ContentProof proof(kind);
    proof.begin();
    for (std::size_t at = 0; at < text.size(); at += piece)
        if (!proof.feed(mde_test::bytes(text.substr(at, piece)), 0)) return std::nullopt;
    return proof.at_end();
}

const std::string zipped = service::ZipWriter().add("a.txt", "hello").finish();
const std::string gzipped = service::stored_gzip("hello");

} // namespace

TEST_CASE("each kind accepts its own bytes in pieces of any size") {
    for (const std::size_t piece : {1u, 2u, 3u, 4u, 5u, 7u, 1000u}) {
        CHECK(proven(ContentKind::zip, zipped, piece) == error_code());
        CHECK(proven(ContentKind::gzip, gzipped, piece) == error_code());
        CHECK(proven(ContentKind::any, "anything", piece) == error_code());
    }
}

TEST_CASE("another beginning is refused with the piece that shows it") {
    for (const std::size_t piece : {1u, 2u, 3u, 1000u}) {
        CHECK_FALSE(proven(ContentKind::gzip, zipped, piece));
        CHECK_FALSE(proven(ContentKind::gzip, "\x1f\x8b\x07 and more of what is no gzip", piece));
        CHECK_FALSE(proven(ContentKind::gzip, R"({"error":"Expired token"})", piece));
        CHECK_FALSE(proven(ContentKind::zip, gzipped, piece));
    }
}

TEST_CASE("a gzip file that is smaller than one can be is none") {
    const std::string least = gzipped.substr(0, wire::least_gzip);
    CHECK(proven(ContentKind::gzip, least, 1000) == error_code());
    for (const std::size_t size : {1u, 2u, 3u, 10u, 18u, 19u})
        CHECK(proven(ContentKind::gzip, least.substr(0, size), 1000) == errc::not_a_package);
    CHECK(proven(ContentKind::gzip, "", 1) == errc::not_a_package);
}

TEST_CASE("nothing at all is a file but no zip") {
    CHECK(proven(ContentKind::any, "", 1) == error_code());
    CHECK(proven(ContentKind::zip, "", 1) == errc::not_a_package);
}

TEST_CASE("a proof that begins again has forgotten the first body") {
    for (const ContentKind kind : {ContentKind::zip, ContentKind::gzip}) {
        const std::string& whole = kind == ContentKind::zip ? zipped : gzipped;
        ContentProof proof(kind);
        proof.begin();
        REQUIRE(proof.feed(mde_test::bytes(whole.substr(0, 15)), 0));
        CHECK(proof.at_end());
        proof.begin();
        REQUIRE(proof.feed(mde_test::bytes(whole), 0));
        CHECK_FALSE(proof.at_end());
    }
}
