// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/part_journal_codec.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde::wire;

namespace {

const PartJournal journal{"7327b54f-d718-525c-bca0-7dacde913b5a.zip", 5'000'000'000, "\"a\\b\"",
                          "0b0f7c5e-5a0c-4c5e-9c7e-3e1c2b0a9d8f", 18446744073};

std::string text_of(const PartMarks& marks) {
    return encode_part_journal(journal) + std::string(encode_part_marks(marks).view());
}

} // namespace

TEST_CASE("a journal is read as it was written") {
    const PartMarks marks{123456789, 67108864};
    const auto read = decode_part_journal(text_of(marks));
    REQUIRE(read);
    CHECK(read->first == journal);
    CHECK(read->second == marks);
}

TEST_CASE("marks always take the same space") {
    const std::size_t size = encode_part_marks({}).size();
    CHECK(encode_part_marks({9223372036854775807u, 9223372036854775807u}).size() == size);
    CHECK(encode_part_marks({1, 0}).size() == size);
}

TEST_CASE("a journal that was cut anywhere is none") {
    const std::string text = text_of({100, 50});
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(decode_part_journal(text.substr(0, size)));
    CHECK_FALSE(decode_part_journal(text + " "));
    CHECK_FALSE(decode_part_journal(text + text));
}

TEST_CASE("a journal has at most 4 KiB") {
    PartJournal longer = journal;
    const auto text_with = [&](std::size_t size) {
        longer.name = std::string(size, 'n');
        return encode_part_journal(longer) + std::string(encode_part_marks({}).view());
    };
    const std::size_t most = mde::bounds::part_journal - text_with(0).size();
    CHECK(decode_part_journal(text_with(most - 1)));
    CHECK(decode_part_journal(text_with(most)));
    CHECK_FALSE(decode_part_journal(text_with(most + 1)));
}

TEST_CASE("marks that contradict each other or the length are none") {
    CHECK(decode_part_journal(text_of({5'000'000'000, 5'000'000'000})));
    CHECK_FALSE(decode_part_journal(text_of({5'000'000'001, 0})));
    CHECK_FALSE(decode_part_journal(text_of({10, 11})));
}

TEST_CASE("a journal with another member or none is none") {
    const std::string marks(encode_part_marks({}).view());
    for (const char* line :
         {"", "{}", "[]", R"({"schema":"mde-part-2","name":"a","total":1,"inode":"1"})",
          R"({"schema":"mde-part-1","name":"a","total":0,"inode":"1"})",
          R"({"schema":"mde-part-1","name":"a","total":-1,"inode":"1"})",
          R"({"schema":"mde-part-1","name":"a","total":1})",
          R"({"schema":"mde-part-1","name":"a","total":1,"total":2,"inode":"1"})"})
        CHECK_FALSE(decode_part_journal(std::string(line) + "\n" + marks));
}
