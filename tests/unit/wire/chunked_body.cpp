// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/chunked_body.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using wire::ChunkedBody;

namespace {

struct Decoded {
    bool ok = false;
    bool done = false;
    std::string data;
    std::size_t used = 0;
};

/// Feeds `text` in pieces of `piece` bytes.
Decoded decode(std::string_view text, std::size_t piece = 1000) {
    ChunkedBody body;
    Decoded decoded;
    while (decoded.used < text.size() && !body.done()) {
        std::string_view rest = text.substr(decoded.used, piece);
        while (!rest.empty() && !body.done()) {
            const auto used = body.consume(rest);
            if (!used) return decoded;
            rest.remove_prefix(*used);
            decoded.used += *used;
            const auto take =
                static_cast<std::size_t>((std::min)(std::uint64_t(rest.size()), body.data_left()));
            if (take == 0) continue;
            decoded.data.append(rest.substr(0, take));
            body.data_taken(take);
            rest.remove_prefix(take);
            decoded.used += take;
        }
    }
    decoded.ok = true;
    decoded.done = body.done();
    return decoded;
}

} // namespace

TEST_CASE("chunks are joined whatever the pieces they come in") {
    const std::string text = "5\r\nhello\r\n6;name=\"value\"\r\n world\r\nA \r\n0123456789\r\n0\r\n"
                             "X-Trailer: a\r\n\r\nNEXT";
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
        const Decoded decoded = decode(text, piece);
        CHECK(decoded.ok);
        CHECK(decoded.done);
        CHECK(decoded.data == "hello world0123456789");
        CHECK(text.substr(decoded.used) == "NEXT");
    }
}

TEST_CASE("every strict prefix is unfinished and not an error") {
    const std::string text = "5\r\nhello\r\n0\r\nX: y\r\n\r\n";
    for (std::size_t size = 0; size < text.size(); ++size) {
        const Decoded decoded = decode(text.substr(0, size));
        CHECK(decoded.ok);
        CHECK_FALSE(decoded.done);
    }
}

TEST_CASE("broken framing is refused") {
    for (const char* text :
         {"\r\n", " 5\r\nhello\r\n", "g\r\n", "-1\r\n", "+5\r\n", "0x5\r\n", "5\n", "5\r5",
          "5\r\nhello5\r\n", "5\r\nhello\n", "5;\n\r\n", "0\r\nX: y\n\r\n", "0\r\n\rX", "5 5\n"}) {
        CAPTURE(text);
        CHECK_FALSE(decode(text).ok);
    }
}

TEST_CASE("sizes below 2 to the 62 are read and larger ones refused") {
    ChunkedBody body;
    CHECK(body.consume("3fffffffffffffff\r\n"));
    CHECK(body.data_left() == 0x3fffffffffffffffull);
    CHECK_FALSE(ChunkedBody().consume("40000000000000000\r\n"));
    CHECK_FALSE(ChunkedBody().consume("fffffffffffffffff\r\n"));
}

TEST_CASE("a chunk line is bounded") {
    for (const std::size_t size :
         {bounds::chunk_line - 1, bounds::chunk_line, bounds::chunk_line + 1}) {
        const std::string line = "1;" + std::string(size - 3, 'e') + "\r\n";
        CHECK(line.size() == size + 1);
        CHECK(decode(line + "x\r\n0\r\n\r\n").ok == (size <= bounds::chunk_line));
    }
}

TEST_CASE("framing may not outweigh the data by more than its bound") {
    std::string text;
    for (int i = 0; i < 60; ++i) text += "1;" + std::string(500, 'e') + "\r\nx\r\n";
    CHECK_FALSE(decode(text + "0\r\n\r\n").ok);
    // The same framing around more data is fine.
    text.clear();
    for (int i = 0; i < 60; ++i)
        text += "400;" + std::string(500, 'e') + "\r\n" + std::string(1024, 'x') + "\r\n";
    CHECK(decode(text + "0\r\n\r\n").done);
}

TEST_CASE("framing may outweigh the data by its bound and not by a byte more") {
    std::string text;
    // Lines of 1000 bytes, each with its CR, for a byte of data each.
    for (int i = 0; i < 16; ++i) text += "1;" + std::string(997, 'e') + "\r\nx\r\n";
    const std::size_t left = bounds::chunk_overhead + 16 - 16 * 1000;
    for (const std::size_t size : {left - 1, left, left + 1}) {
        const std::string line = "64;" + std::string(size - 4, 'e') + "\r\n";
        const std::string rest = std::string(100, 'x') + "\r\n0\r\n\r\n";
        CHECK(decode(text + line + rest).ok == (size <= left));
    }
}

TEST_CASE("trailers are bounded") {
    // The line feeds are not counted.
    for (const std::size_t size :
         {bounds::chunk_trailers - 1, bounds::chunk_trailers, bounds::chunk_trailers + 1}) {
        const std::string text = "0\r\nX: " + std::string(size - 5, 't') + "\r\n\r\n";
        CHECK(decode(text).ok == (size <= bounds::chunk_trailers));
    }
}
