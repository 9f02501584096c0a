// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_PROCESS_MEMORY_HPP
#define MDE_TESTS_SUPPORT_PROCESS_MEMORY_HPP

/// @file
/// Looks for secrets in all memory of another process, as a core dump of it would show them.

#include <mde/base/base64.hpp>

#include <sys/types.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mde_test {

/// A secret, and what it may have been turned into on its way.
struct MarkedSecret {
    std::string name;
    std::string text;
};

namespace spelt {

inline std::string percent_encoded_all(std::string_view text, std::string_view digits) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0) {
            out += c;
            continue;
        }
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

inline std::string hex(std::string_view text, std::string_view digits) {
    std::string out;
    for (const char c : text) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

/// Of a text that begins at each of the three places in a group of base64, without its ends.
inline std::vector<std::string> base64_inside(std::string_view text) {
    std::vector<std::string> spellings;
    for (std::size_t skip = 0; skip < 3 && skip < text.size(); ++skip) {
        const std::string_view part = text.substr(skip, (text.size() - skip) / 3 * 3);
        for (const auto alphabet : {mde::Base64Alphabet::standard, mde::Base64Alphabet::url})
            spellings.push_back(mde::base64_encode(std::as_bytes(std::span(part)), alphabet));
    }
    return spellings;
}

} // namespace spelt

/// Each way in which a secret could be spelt: as it is, for a form, in base64, in hexadecimal.
inline std::vector<std::string> spellings_of(std::string_view text) {
    constexpr std::string_view lower = "0123456789abcdef";
    constexpr std::string_view upper = "0123456789ABCDEF";
    std::vector<std::string> all{std::string(text), spelt::percent_encoded_all(text, upper),
                                 spelt::percent_encoded_all(text, lower), spelt::hex(text, lower),
                                 spelt::hex(text, upper)};
    for (std::string& spelling : spelt::base64_inside(text)) all.push_back(std::move(spelling));
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

/// The memory of a process that stands still.
class ProcessMemory {
  public:
    explicit ProcessMemory(::pid_t process) : process_(process) {}

    bool is_readable() const {
        const int file = ::open((folder() + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0) return false;
        ::close(file);
        return true;
    }

    /// Where pieces of `secrets` lie: name, spelling, mapping. What was freed has lost its first
    /// bytes to the allocator, so pieces of 16 bytes from the middle and the end are looked for.
    std::vector<std::string> find(const std::vector<MarkedSecret>& secrets) const {
        const std::vector<Piece> pieces = pieces_of(secrets);
        std::vector<std::string> found;
        const int file = ::open((folder() + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0) throw std::runtime_error("the memory cannot be read");
        for (const Mapping& mapping : mappings()) search(file, mapping, pieces, found);
        ::close(file);
        return found;
    }

  private:
    struct Piece {
        std::string name;
        std::string text;
    };
    struct Mapping {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::string name;
    };
    static constexpr std::size_t piece_size = 16;

    std::string folder() const { return "/proc/" + std::to_string(process_); }

    static std::vector<Piece> pieces_of(const std::vector<MarkedSecret>& secrets) {
        std::vector<Piece> pieces;
        for (const MarkedSecret& secret : secrets)
            for (const std::string& spelling : spellings_of(secret.text)) {
                if (spelling.size() < piece_size) throw std::runtime_error("too short a secret");
                for (const std::size_t at :
                     {(spelling.size() - piece_size) / 2, spelling.size() - piece_size})
                    pieces.push_back({secret.name, spelling.substr(at, piece_size)});
            }
        return pieces;
    }

    /// What can be read; a sanitizer's own tables are no memory of the program.
    std::vector<Mapping> mappings() const {
        constexpr std::uint64_t most = 1ull << 32;
        std::ifstream maps(folder() + "/maps");
        std::vector<Mapping> all;
        for (std::string line; std::getline(maps, line);) {
            Mapping mapping;
            std::string access;
            std::string ignored;
            char dash = 0;
            std::istringstream in(line);
            in >> std::hex >> mapping.begin >> dash >> mapping.end >> access >> ignored >>
                ignored >> ignored >> mapping.name;
            const bool is_memory = access.starts_with('r') && mapping.end - mapping.begin < most &&
                                   !mapping.name.starts_with("[v");
            if (is_memory) all.push_back(mapping);
        }
        return all;
    }

    static void search(int file, const Mapping& mapping, const std::vector<Piece>& pieces,
                       std::vector<std::string>& found) {
        constexpr std::uint64_t step = 1 << 20;
        std::string bytes;
        for (std::uint64_t at = mapping.begin; at < mapping.end; at += step) {
            // With an overlap, so that nothing hides between two steps.
            const std::uint64_t size = (std::min)(mapping.end - at, step + piece_size);
            bytes.resize(static_cast<std::size_t>(size));
            const ::ssize_t count =
                ::pread(file, bytes.data(), bytes.size(), static_cast<::off_t>(at));
            if (count <= 0) continue;
            bytes.resize(static_cast<std::size_t>(count));
            for (const Piece& piece : pieces)
                for (std::size_t hit = bytes.find(piece.text); hit != std::string::npos;
                     hit = bytes.find(piece.text, hit + 1))
                    found.push_back(piece.name + " in " +
                                    (mapping.name.empty() ? "unnamed memory" : mapping.name) +
                                    " behind '" + before(bytes, hit) + '\'');
        }
    }

    /// What stands in front of it says whose buffer it was.
    static std::string before(const std::string& bytes, std::size_t at) {
        std::string text = bytes.substr(at < 64 ? 0 : at - 64, (std::min)(at, std::size_t(64)));
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '.');
        return text;
    }

    ::pid_t process_;
};

} // namespace mde_test

#endif
