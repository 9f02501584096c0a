// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/zip_end_record.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

using namespace mde::wire;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

std::string little(std::uint64_t value, int count) {
    std::string out;
    for (int i = 0; i < count; ++i, value >>= 8) out.push_back(static_cast<char>(value & 0xff));
    return out;
}

/// One stored file, made by hand.
struct Zip {
    std::string content = "hello";
    std::string comment{};
    bool zip64 = false;
    std::uint64_t extra_offset = 0;

    std::string text() const {
        const std::string name = "a.txt";
        const std::string common = little(0, 2) + little(0, 2) + little(0, 4) + little(0, 4) +
                                   little(content.size(), 4) + little(content.size(), 4) +
                                   little(name.size(), 2) + little(0, 2);
        const std::string local = "PK\3\4" + little(20, 2) + common + name + content;
        const std::string directory = "PK\1\2" + little(20, 2) + little(20, 2) + common +
                                      little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                                      little(0, 4) + name;
        const std::uint64_t at = local.size() + extra_offset;
        std::string out = local + directory;
        if (zip64)
            out += "PK\6\6" + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 4) +
                   little(0, 4) + little(1, 8) + little(1, 8) + little(directory.size(), 8) +
                   little(at, 8) + "PK\6\7" + little(0, 4) +
                   little(local.size() + directory.size(), 8) + little(1, 4);
        out += std::string("PK\5\6", 4) + little(0, 2) + little(0, 2) + little(1, 2) +
               little(1, 2) + little(zip64 ? 0xffffffff : directory.size(), 4) +
               little(zip64 ? 0xffffffff : at, 4) + little(comment.size(), 2) + comment;
        return out;
    }
};

/// An end record that says that the stream goes on for `comment` bytes, and that its directory, of
/// no bytes, lies at `at`.
std::string end_record(std::size_t at, std::size_t comment) {
    return std::string("PK\5\6", 4) + little(0, 12) + little(at, 4) + little(comment, 2);
}

/// Feeds `text` in pieces of `piece` bytes; `known` says whether the length is known ahead.
bool complete(std::string_view text, std::size_t piece, bool known) {
    ZipTail tail;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        const std::string_view part = text.substr(at, piece);
        tail.feed(bytes_of(part), known ? text.size() - at - part.size() : 0);
    }
    return tail.complete();
}

bool complete(std::string_view text) {
    const bool whole = complete(text, text.size() + 1, true);
    CHECK(complete(text, text.size() + 1, false) == whole);
    CHECK(complete(text, 7, true) == whole);
    CHECK(complete(text, 1, false) == whole);
    return whole;
}

} // namespace

TEST_CASE("the signature of a zip file is that of a file or of an empty archive") {
    CHECK(has_zip_signature(bytes_of("PK\3\4")));
    CHECK(has_zip_signature(bytes_of("PK\3\4and more")));
    CHECK(has_zip_signature(bytes_of("PK\5\6")));
    for (const std::string_view text : {"", "P", "PK", "PK\3", "pk\3\4", "PK\1\2", "PK\6\6",
                                        "PK\4\3", " PK\3\4", "{\"error\"", "<html>"})
        CHECK_FALSE(has_zip_signature(bytes_of(text)));
}

TEST_CASE("a whole archive is complete and no shorter or longer one is") {
    for (const Zip& zip : {Zip{}, Zip{.content = ""}, Zip{.comment = "a comment"},
                           Zip{.zip64 = true}, Zip{.comment = "c", .zip64 = true}}) {
        const std::string text = zip.text();
        CHECK(complete(text));
        for (std::size_t cut = 1; cut <= text.size(); ++cut)
            CHECK_FALSE(complete(text.substr(0, text.size() - cut)));
        CHECK_FALSE(complete(text + std::string(1, '\0')));
        CHECK_FALSE(complete(text + "x"));
        CHECK_FALSE(complete(text + text));
    }
}

TEST_CASE("bytes that are missing at the beginning or in the middle are noticed") {
    for (const Zip& zip : {Zip{}, Zip{.zip64 = true}}) {
        const std::string text = zip.text();
        CHECK_FALSE(complete(text.substr(1)));
        CHECK_FALSE(complete(text.substr(0, 20) + text.substr(21)));
        CHECK_FALSE(complete(text.substr(0, 20) + "x" + text.substr(20)));
        CHECK_FALSE(complete("prefix" + text));
    }
}

TEST_CASE("a directory that is said to lie elsewhere is noticed") {
    CHECK_FALSE(complete(Zip{.extra_offset = 1}.text()));
    CHECK_FALSE(complete(Zip{.zip64 = true, .extra_offset = 1}.text()));
    CHECK_FALSE(complete(Zip{.zip64 = true, .extra_offset = ~std::uint64_t(0)}.text()));
    CHECK_FALSE(complete(Zip{.extra_offset = 0xffffffff}.text()));
}

TEST_CASE("each single bit of the zip64 records that matters is noticed") {
    const std::string text = Zip{.zip64 = true}.text();
    const std::size_t end = text.size() - 22;
    // Signatures, size and offset of the directory, offset of the record.
    for (const auto& [at, count] : {std::pair<std::size_t, std::size_t>{end - 76, 4},
                                    {end - 76 + 40, 16},
                                    {end - 20, 4},
                                    {end - 20 + 8, 8}})
        for (std::size_t i = at; i < at + count; ++i)
            for (int bit = 0; bit < 8; ++bit) {
                std::string changed = text;
                changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
                CHECK_FALSE(complete(changed, 4096, true));
            }
}

TEST_CASE("an empty archive is complete") {
    const std::string text = std::string("PK\5\6", 4) + std::string(18, '\0');
    CHECK(complete(text));
    CHECK_FALSE(complete(text.substr(1)));
    CHECK_FALSE(complete(text + '\0'));
}

TEST_CASE("the longest comment fits and the archive may be much longer than what matters") {
    Zip zip;
    zip.comment = std::string(65535, 'c');
    zip.content = std::string(300000, 'x');
    for (const bool zip64 : {false, true}) {
        zip.zip64 = zip64;
        const std::string text = zip.text();
        for (const std::size_t piece : {std::size_t(1000), std::size_t(65536), text.size()})
            for (const bool known : {false, true}) {
                CHECK(complete(text, piece, known));
                CHECK_FALSE(complete(text.substr(0, text.size() - 1), piece, known));
                CHECK_FALSE(complete(text + "x", piece, known));
            }
    }
}

TEST_CASE("pieces at the border of what matters are handled") {
    Zip zip;
    zip.content = std::string(3 * ZipTail::reach, 'x');
    const std::string text = zip.text();
    for (const std::size_t piece : {ZipTail::reach - 1, ZipTail::reach, ZipTail::reach + 1})
        for (const bool known : {false, true}) CHECK(complete(text, piece, known));
}

TEST_CASE("an end record of an archive inside the archive is not taken for the end") {
    // The outer file is cut right behind the inner one's end record.
    const std::string inner = Zip{}.text();
    const std::string outer = Zip{.content = inner}.text();
    CHECK(complete(outer));
    const std::size_t cut = outer.find(inner) + inner.size();
    CHECK_FALSE(complete(outer.substr(0, cut)));
}

TEST_CASE("the last of the records that come to the end decides wherever the pieces are cut") {
    std::uint32_t random = 1;
    const auto below = [&](std::uint32_t limit) {
        random = random * 1664525 + 1013904223;
        return (random >> 16) % limit;
    };
    for (int round = 0; round < 300; ++round) {
        const std::size_t length = 300 + below(2000);
        std::string text(length, 'P');
        bool last_fits = false;
        for (std::size_t at = below(100); at + 22 <= length; at += 22 + below(400)) {
            const bool fits = below(2) == 0;
            const std::size_t rest = length - at - 22;
            const std::size_t comment = below(2) == 0 ? rest : rest + below(3);
            text.replace(at, 22, end_record(fits ? at : at + 1, comment));
            if (comment == rest) last_fits = fits;
        }
        CHECK(complete(text, length, true) == last_fits);
        CHECK(complete(text, 1 + below(700), true) == last_fits);
        CHECK(complete(text, 1 + below(30), false) == last_fits);
    }
}

TEST_CASE("of more records than anybody writes the last ones count") {
    std::string text;
    constexpr std::size_t count = 100;
    for (std::size_t i = 0; i < count; ++i) text += end_record(text.size(), (count - 1 - i) * 22);
    CHECK(complete(text));
    // None of the others makes up for the last one.
    const std::string all_but_last = text.substr(0, text.size() - 22);
    CHECK_FALSE(complete(all_but_last + end_record(1, 0)));
    CHECK_FALSE(complete(all_but_last + std::string(22, 'x') + "x"));
}

TEST_CASE("looking for the end takes little memory") { CHECK(sizeof(ZipTail) <= 1024); }

TEST_CASE("nothing and empty pieces are no archive and do no harm") {
    CHECK_FALSE(complete(""));
    ZipTail tail;
    tail.feed({}, 0);
    CHECK_FALSE(tail.complete());
    const std::string text = Zip{}.text();
    tail.feed(bytes_of(text), 0);
    tail.feed({}, 0);
    CHECK(tail.complete());
}
