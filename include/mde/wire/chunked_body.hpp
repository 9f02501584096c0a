// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_CHUNKED_BODY_HPP
#define MDE_WIRE_CHUNKED_BODY_HPP

/// @file
/// The framing of a chunked body (RFC 9112 section 7.1), with bounds on everything but the data.

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// Reads only what frames the data: the data itself goes past it, straight to where it belongs.
/// Call `consume()` with what has arrived until `data_left()` is not zero or `done()` is true; take
/// up to `data_left()` bytes from elsewhere and say so with `data_taken()`; and so on.
/// Distinct objects: safe. Shared objects: unsafe.
class ChunkedBody {
  public:
    /// Bytes of the current chunk that have not been taken.
    constexpr std::uint64_t data_left() const noexcept { return data_left_; }
    /// The last chunk and its trailers have been read.
    constexpr bool done() const noexcept { return state_ == State::done; }

    /// So many bytes of the current chunk were taken.
    /// @pre `size <= data_left()`
    constexpr void data_taken(std::uint64_t size) noexcept {
        data_left_ -= size;
        data_total_ += size;
        if (data_left_ == 0) state_ = State::data_cr;
    }

    /// Reads framing from the front of `text`, up to the next data or the end of the body; returns
    /// how many bytes it used. All of them are used if neither has been reached.
    /// @par Errors errc::malformed_head
    result<std::size_t> consume(std::string_view text) noexcept;

  private:
    enum class State {
        size_first,
        size_more,
        extension,
        size_lf,
        data_cr,
        data_lf,
        trailer_start,
        trailer_line,
        trailer_lf,
        last_lf,
        done,
    };

    constexpr bool step(char c) noexcept {
        switch (state_) {
        case State::size_first: return begin_size(c);
        case State::size_more: return ascii::is_hex(c) ? add_digit(c) : end_size(c);
        case State::extension: return count_line() && skip_extension(c);
        case State::size_lf: return c == '\n' && begin_data();
        case State::data_cr: return expect(c, '\r', State::data_lf);
        case State::data_lf: return expect(c, '\n', State::size_first);
        case State::trailer_start:
        case State::trailer_line: return count_trailer() && skip_trailer(c);
        case State::trailer_lf: return expect(c, '\n', State::trailer_start);
        case State::last_lf: return expect(c, '\n', State::done);
        case State::done: break;
        }
        return false;
    }

    constexpr bool begin_size(char c) noexcept {
        size_ = 0;
        line_ = 0;
        state_ = State::size_more;
        return ascii::is_hex(c) && add_digit(c);
    }

    constexpr bool add_digit(char c) noexcept {
        if (size_ >> 58 != 0) return false;
        size_ = size_ * 16 + static_cast<unsigned>(ascii::hex_value(c));
        return count_line();
    }

    constexpr bool end_size(char c) noexcept {
        if (c == '\r')
            state_ = State::size_lf;
        else if (c == ';' || c == ' ' || c == '\t')
            state_ = State::extension;
        else
            return false;
        return count_line();
    }

    constexpr bool skip_extension(char c) noexcept {
        if (c == '\r') state_ = State::size_lf;
        return c == '\r' || c == '\t' || ascii::is_printable(c) ||
               static_cast<unsigned char>(c) >= 0x80;
    }

    constexpr bool begin_data() noexcept {
        data_left_ = size_;
        // The marker of the last chunk has no data of its own, but a trailer section.
        if (size_ == 0) state_ = State::trailer_start;
        return true;
    }

    constexpr bool skip_trailer(char c) noexcept {
        const bool at_start = state_ == State::trailer_start;
        if (c == '\r')
            state_ = at_start ? State::last_lf : State::trailer_lf;
        else
            state_ = State::trailer_line;
        return c != '\n' && c != '\0';
    }

    constexpr bool expect(char c, char wanted, State next) noexcept {
        state_ = next;
        return c == wanted;
    }

    constexpr bool count_line() noexcept {
        ++overhead_;
        return ++line_ <= bounds::chunk_line && overhead_ <= bounds::chunk_overhead + data_total_;
    }

    constexpr bool count_trailer() noexcept { return ++trailers_ <= bounds::chunk_trailers; }

    State state_ = State::size_first;
    std::uint64_t size_ = 0;
    std::uint64_t data_left_ = 0;
    std::uint64_t data_total_ = 0;
    std::uint64_t overhead_ = 0;
    std::size_t line_ = 0;
    std::size_t trailers_ = 0;
};

#if MDE_DEFINITIONS

MDE_DECL result<std::size_t> ChunkedBody::consume(std::string_view text) noexcept {
    std::size_t used = 0;
    while (used < text.size() && data_left_ == 0 && !done()) {
        if (!step(text[used])) return make_error_code(errc::malformed_head);
        ++used;
    }
    return used;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
