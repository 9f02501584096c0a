// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/detail/read_buffer.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <string_view>

using mde::detail::ReadBuffer;

namespace {

void put_into(ReadBuffer& buffer, std::string_view text) {
    const auto room = buffer.room(text.size(), 4096);
    REQUIRE(room.size() >= text.size());
    std::memcpy(room.data(), text.data(), text.size());
    buffer.filled(text.size());
}

} // namespace

TEST_CASE("bytes are pending until they are consumed") {
    ReadBuffer buffer;
    CHECK(buffer.pending().empty());
    buffer.consume(0);
    put_into(buffer, "hello");
    put_into(buffer, " world");
    CHECK(buffer.pending() == "hello world");
    buffer.consume(6);
    CHECK(buffer.pending() == "world");
    put_into(buffer, "!");
    CHECK(buffer.pending() == "world!");
    buffer.consume(6);
    CHECK(buffer.pending().empty());
}

TEST_CASE("room is bounded and an empty buffer gives its memory back") {
    ReadBuffer buffer;
    while (!buffer.room(1000, 4096).empty()) buffer.filled(buffer.room(1000, 4096).size());
    CHECK(buffer.pending().size() == 4096);
    buffer.shrink();
    CHECK(buffer.pending().size() == 4096);
    buffer.consume(4096);
    CHECK(buffer.room(1000, 8192).size() >= 1000);
    buffer.shrink();
    CHECK(buffer.pending().empty());
}

TEST_CASE("what was consumed is wiped at once and so is what moved to the front") {
    ReadBuffer buffer;
    put_into(buffer, "0123456789");
    const char* const memory = buffer.pending().data();
    buffer.consume(4);
    CHECK(std::string_view(memory, 10) == std::string_view("\0\0\0\0"
                                                           "456789",
                                                           10));
    static_cast<void>(buffer.room(0, 4096));
    CHECK(buffer.pending().data() == memory);
    CHECK(std::string_view(memory, 10) == std::string_view("456789\0\0\0\0", 10));
    buffer.consume(5);
    static_cast<void>(buffer.room(0, 4096));
    CHECK(std::string_view(memory, 10) == std::string_view("9\0\0\0\0\0\0\0\0\0", 10));
    buffer.consume(1);
    CHECK(std::string_view(memory, 1) == std::string_view("\0", 1));
}
