// SPDX-License-Identifier: BSL-1.0
// What is read while a body passes: the frames of chunks and the end record of a zip file. Neither
// may depend on the pieces in which the bytes come.
#include <mde/wire/chunked_body.hpp>
#include <mde/wire/zip_end_record.hpp>

#include "fuzz/target.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace mde_fuzz {

namespace {

using namespace mde;

struct Unframed {
    bool refused = false;
    bool done = false;
    std::string data;
    /// So many bytes were used.
    std::size_t used = 0;
};

/// Reads `text` in pieces of the sizes that `next` gives.
template <class Next>
Unframed unframed(std::string_view text, Next next) {
    wire::ChunkedBody body;
    Unframed out;
    while (out.used < text.size() && !body.done()) {
        std::string_view piece = text.substr(out.used, next());
        while (!piece.empty() && !body.done()) {
            if (body.data_left() != 0) {
                const auto size = static_cast<std::size_t>(
                    (std::min)(body.data_left(), std::uint64_t(piece.size())));
                out.data.append(piece.substr(0, size));
                body.data_taken(size);
                piece.remove_prefix(size);
                out.used += size;
                continue;
            }
            const result<std::size_t> used = body.consume(piece);
            if (!used) {
                out.refused = true;
                return out;
            }
            require(*used != 0, "reading goes on");
            piece.remove_prefix(*used);
            out.used += *used;
        }
    }
    out.done = body.done();
    return out;
}

/// Takes chunks apart as a whole text; nothing for anything but a finished body. Knows no bounds.
std::optional<std::string> plain_chunks(std::string_view text) {
    std::string data;
    for (;;) {
        const std::size_t end = text.find("\r\n");
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view line = text.substr(0, end);
        const std::string_view number = line.substr(0, line.find_first_of("; \t"));
        if (number.empty() ||
            number.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
            return std::nullopt;
        const std::size_t first = number.find_first_not_of('0');
        text.remove_prefix(end + 2);
        if (first == std::string_view::npos) break;
        const std::string_view significant = number.substr(first);
        if (significant.size() > 8) return std::nullopt;
        const auto size =
            static_cast<std::size_t>(std::stoul(std::string(significant), nullptr, 16));
        if (text.size() < size + 2 || text.substr(size, 2) != "\r\n") return std::nullopt;
        data.append(text.substr(0, size));
        text.remove_prefix(size + 2);
    }
    // The trailer section: lines up to an empty one.
    while (!text.starts_with("\r\n")) {
        const std::size_t end = text.find("\r\n");
        if (end == std::string_view::npos) return std::nullopt;
        text.remove_prefix(end + 2);
    }
    return data;
}

} // namespace

void chunked_body(Bytes bytes) {
    Input input(bytes);
    std::array<unsigned, 4> sizes{};
    for (unsigned& size : sizes) size = input.byte() % 40 + 1;
    const std::string_view text = input.rest();
    const Unframed whole = unframed(text, [&] { return text.size(); });
    const Unframed bytewise = unframed(text, [] { return std::size_t(1); });
    std::size_t turn = 0;
    const Unframed pieces = unframed(text, [&] { return std::size_t(sizes[turn++ % 4]); });
    require(whole.refused == bytewise.refused && whole.data == bytewise.data &&
                whole.done == bytewise.done,
            "bytes one by one say the same");
    require(whole.refused == pieces.refused && whole.data == pieces.data &&
                whole.done == pieces.done,
            "pieces say the same");
    if (!whole.done) return;
    require(whole.used == bytewise.used && whole.used == pieces.used, "the end is the same");
    const auto expected = plain_chunks(text);
    require(expected && *expected == whole.data, "the data is that of the chunks");
}

namespace {

std::uint64_t number_at(Bytes bytes, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = size; i-- > 0;)
        number = number * 256 + std::to_integer<std::uint64_t>(bytes[at + i]);
    return number;
}

/// Whether the end record at `at` names a directory that ends right before it.
bool directory_ends_before(Bytes file, std::size_t at) {
    if (number_at(file, at + 16, 4) + number_at(file, at + 12, 4) == at) return true;
    if (at < 76 || number_at(file, at - 20, 4) != 0x07064b50) return false;
    const std::size_t wide = at - 76;
    const std::uint64_t size = number_at(file, wide + 40, 8);
    return number_at(file, wide, 4) == 0x06064b50 && number_at(file, at - 12, 8) == wide &&
           size <= wide && number_at(file, wide + 48, 8) == wide - size;
}

struct PlainTail {
    bool complete = false;
    std::size_t records = 0;
};

/// Looks at the whole file at once, from its end.
PlainTail plain_tail(Bytes file) {
    PlainTail tail;
    bool found = false;
    for (std::size_t at = file.size() >= 22 ? file.size() - 22 : 0; file.size() >= 22; --at) {
        if (number_at(file, at, 4) == 0x06054b50) {
            ++tail.records;
            if (!found && at + 22 + number_at(file, at + 20, 2) == file.size()) {
                found = true;
                tail.complete = directory_ends_before(file, at);
            }
        }
        if (at == 0) break;
    }
    return tail;
}

bool complete(Bytes file, std::size_t piece, bool knows_size) {
    wire::ZipTail tail;
    for (std::size_t at = 0; at < file.size(); at += piece) {
        const Bytes part = file.subspan(at, (std::min)(piece, file.size() - at));
        tail.feed(part, knows_size ? file.size() - at - part.size() : 0);
    }
    return tail.complete();
}

} // namespace

void zip_end(Bytes bytes) {
    Input input(bytes);
    const std::size_t piece = input.byte() + 1;
    const std::size_t filling = 300 * (input.byte() % 8);
    // Bytes of no meaning before the file's end, so that records lie far from its beginning.
    std::vector<std::byte> file(filling, std::byte{'.'});
    const std::string_view end = input.rest();
    const Bytes end_bytes = std::as_bytes(std::span(end));
    file.insert(file.end(), end_bytes.begin(), end_bytes.end());
    const PlainTail expected = plain_tail(file);
    const bool whole = complete(file, file.size() + 1, false);
    for (const bool knows_size : {false, true})
        for (const std::size_t size : {std::size_t(1), piece, file.size() + 1})
            require(complete(file, size, knows_size) == whole, "pieces of a zip say the same");
    require(!whole || expected.complete, "a zip that is whole has its end");
    // More records than are remembered can only be refused.
    if (expected.records <= 16) require(whole == expected.complete, "an end is found");
}

} // namespace mde_fuzz
