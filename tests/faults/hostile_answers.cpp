// SPDX-License-Identifier: BSL-1.0
// The real transport over TLS: answers that end at every byte, in every way, and answers that are
// none.
#include "support/raw_tls_caller.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <initializer_list>
#include <string>
#include <vector>

namespace {

using mde::errc;
using mde_test::Answer;
using mde_test::Caller;
using mde_test::Goodbye;
using mde_test::Outcome;
using mde_test::RawTlsServer;
using namespace std::chrono_literals;

/// A whole answer, and where its parts are.
struct Whole {
    std::string name;
    std::string head;
    std::string body;
    /// What a reader gets of the body.
    std::string content;
    mde::wire::BodyEnd end;

    std::string bytes() const { return head + body; }
};

const std::vector<Whole>& wholes_of_this_test() {
    const std::string ok = "HTTP/1.1 200 OK\r\nX-Test: some value\r\n";
    static const std::vector<Whole> all{
        {"by length", ok + "Content-Length: 12\r\n\r\n", "{\"a\":\"b c\"}\n", "{\"a\":\"b c\"}\n",
         mde::wire::BodyEnd::by_length},
        {"by chunks", ok + "Transfer-Encoding: chunked\r\n\r\n",
         "5;ext=\"1\"\r\nhello\r\n0A\r\n, world...\r\n0\r\nX-Sum: 17\r\n\r\n", "hello, world...",
         mde::wire::BodyEnd::by_chunks},
        {"by close", ok + "\r\n", "until the end", "until the end", mde::wire::BodyEnd::by_close},
    };
    return all;
}

/// What may come of the first `size` bytes of `whole`; no error: the body, as far as it came.
bool is_declared(const Outcome& outcome, const Whole& whole, std::size_t size, Goodbye goodbye) {
    const bool by_close = whole.end == mde::wire::BodyEnd::by_close;
    const bool has_head = size >= whole.head.size();
    const bool has_all = size == whole.bytes().size();
    const bool proves_end = has_all && !by_close;
    const bool ends_well = proves_end || (by_close && has_head && goodbye == Goodbye::orderly);
    if (!outcome.error)
        return (ends_well || proves_end) &&
               outcome.body == whole.content.substr(0, by_close ? size - whole.head.size()
                                                                : whole.content.size());
    if (goodbye == Goodbye::stall) return !proves_end && outcome.error == errc::timed_out;
    // A reset may overtake what was sent before it.
    if (goodbye == Goodbye::reset)
        return outcome.error == errc::connection_lost || outcome.error == errc::body_truncated;
    if (ends_well) return false;
    return outcome.error == (has_head ? errc::body_truncated : errc::connection_lost);
}

/// Each answer is asked for over a connection of its own.
class Cases {
  public:
    std::size_t count = 0;
    std::string wrong;

    template <class Declared>
    void run(const std::vector<Answer>& answers, mde::TransportOptions (*options)(),
             Declared is_right) {
        const RawTlsServer server(mde_test::good_identity(), answers);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const Outcome outcome = Caller(options()).get(server.port());
            ++count;
            if (!is_right(i, outcome) && wrong.size() < 2000)
                wrong += "case " + std::to_string(i) + " ended with " + outcome.error.message() +
                         " after " + std::to_string(outcome.body.size()) + " bytes\n";
        }
    }

    void check(std::size_t least) const {
        std::printf("%zu fault cases\n", count);
        CHECK_MESSAGE(wrong.empty(), wrong);
        CHECK(count >= least);
    }
};

mde::TransportOptions impatient() {
    mde::TransportOptions options = Caller::quick();
    options.head_limit = options.idle_limit = 40ms;
    return options;
}

void cut_everywhere(Goodbye goodbye, mde::TransportOptions (*options)(), std::size_t step,
                    std::size_t least) {
    Cases cases;
    for (const Whole& whole : wholes_of_this_test()) {
        std::vector<Answer> answers;
        for (std::size_t size = 0; size <= whole.bytes().size(); size += step)
            answers.push_back({whole.bytes().substr(0, size), goodbye});
        cases.run(answers, options, [&](std::size_t i, const Outcome& outcome) {
            return is_declared(outcome, whole, i * step, goodbye);
        });
    }
    cases.check(least);
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

const std::string ok_line = "HTTP/1.1 200 OK\r\n";

/// A head of exactly so many bytes.
std::string head_of(std::size_t size) {
    const std::string begin = ok_line + "Content-Length: 0\r\n";
    std::string head = begin;
    const std::size_t end = size - 2;
    while (head.size() < end) {
        const std::size_t room = end - head.size();
        const std::size_t field = room > 24 * 1024 ? 12 * 1024 : room > 16 * 1024 ? 8 * 1024 : room;
        head += "X: " + std::string(field - 5, 'v') + "\r\n";
    }
    return head + "\r\n";
}

struct Strange {
    std::string name;
    std::string bytes;
    /// None: it is taken, and its body is "hi" or empty.
    std::optional<errc> error;
};

std::vector<Strange> strange_heads() {
    const std::string hi = "Content-Length: 2\r\n\r\nhi";
    return {
        {"64 KiB less a byte", head_of(64 * 1024 - 1), std::nullopt},
        {"64 KiB", head_of(64 * 1024), std::nullopt},
        {"64 KiB and a byte", head_of(64 * 1024 + 1), errc::malformed_head},
        {"10,000 fields", ok_line + repeated("X: v\r\n", 10'000) + hi, errc::malformed_head},
        {"a folded line", ok_line + "X: a\r\n b\r\n" + hi, std::nullopt},
        {"blanks around a value", ok_line + "X:  \t a \t \r\n" + hi, std::nullopt},
        {"an empty value", ok_line + "X:\r\n" + hi, std::nullopt},
        {"a field without a name", ok_line + ": x\r\n" + hi, errc::malformed_head},
        {"a blank before the colon", ok_line + "X : x\r\n" + hi, errc::malformed_head},
        {"a blank before the first field", ok_line + " X: x\r\n" + hi, errc::malformed_head},
        {"a NUL in a value", ok_line + "X: a" + std::string(1, '\0') + "b\r\n" + hi,
         errc::malformed_head},
        {"an escape in a value", ok_line + "X: a\x1b[2J\r\n" + hi, errc::malformed_head},
        {"a lone CR in a value", ok_line + "X: a\rb\r\n" + hi, errc::malformed_head},
        {"two lengths", ok_line + "Content-Length: 2\r\n" + hi, errc::malformed_head},
        {"two lengths that disagree", ok_line + "Content-Length: 3\r\n" + hi, errc::malformed_head},
        {"a length and chunks", ok_line + "Transfer-Encoding: chunked\r\n" + hi,
         errc::malformed_head},
        {"a list of lengths", ok_line + "Content-Length: 2, 2\r\n\r\nhi", errc::malformed_head},
        {"a length in hexadecimal", ok_line + "Content-Length: 0x2\r\n\r\nhi",
         errc::malformed_head},
        {"a length with a sign", ok_line + "Content-Length: +2\r\n\r\nhi", errc::malformed_head},
        {"a length of 2^63", ok_line + "Content-Length: 9223372036854775808\r\n\r\nhi",
         errc::malformed_head},
        {"a length of 2^64", ok_line + "Content-Length: 18446744073709551616\r\n\r\nhi",
         errc::malformed_head},
        {"chunks twice", ok_line + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
         errc::malformed_head},
        {"gzip and chunks", ok_line + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
         errc::malformed_head},
        {"a coding of no name", ok_line + "Transfer-Encoding:\r\n\r\nhi", errc::malformed_head},
    };
}

std::vector<Strange> strange_lines() {
    const std::string hi = "Content-Length: 2\r\n\r\nhi";
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    std::vector<Strange> all{
        {"7 interim answers", repeated(interim, 7) + ok_line + hi, std::nullopt},
        {"8 interim answers", repeated(interim, 8) + ok_line + hi, std::nullopt},
        {"9 interim answers", repeated(interim, 9) + ok_line + hi, errc::malformed_head},
        {"an interim answer and the end", interim, errc::connection_lost},
        {"an upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n" + hi,
         errc::malformed_head},
        {"HTTP/0.9", "hi", errc::connection_lost},
        {"HTTP/0.9 with an empty line", "<html>hi</html>\r\n\r\n", errc::malformed_head},
        {"HTTP/1.0", "HTTP/1.0 200 OK\r\n" + hi, std::nullopt},
        {"HTTP/1.2", "HTTP/1.2 200 OK\r\n" + hi, errc::malformed_head},
        {"HTTP/2", "HTTP/2 200\r\n" + hi, errc::malformed_head},
        {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", errc::malformed_head},
        {"a frame of HTTP/2", std::string("\0\0\x12\4\0\0\0\0\0", 9) + "\r\n\r\n",
         errc::malformed_head},
        {"lower case", "http/1.1 200 ok\r\n" + hi, errc::malformed_head},
        {"no reason", "HTTP/1.1 200 \r\n" + hi, std::nullopt},
        {"a request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", errc::malformed_head},
        {"another protocol", "220 mail.example ESMTP\r\n\r\n", errc::malformed_head},
        {"an empty line first", "\r\n" + ok_line + hi, errc::malformed_head},
        {"two answers at once", ok_line + hi + ok_line + hi, std::nullopt},
    };
    for (const char* status : {"099", "000", "600", "999", "20", "2000", "2x0", "-20", " 20"})
        all.push_back({std::string("status ") + status,
                       std::string("HTTP/1.1 ") + status + " OK\r\n" + hi, errc::malformed_head});
    return all;
}

std::vector<Strange> strange_chunks() {
    const std::string head = ok_line + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string end = "0\r\n\r\n";
    const auto line = [&](std::size_t size) {
        return head + "2;" + std::string(size - 3, 'e') + "\r\nhi\r\n" + end;
    };
    const auto trailers = [&](std::size_t size) {
        return head + "2\r\nhi\r\n0\r\n" + "X: " + std::string(size - 6, 't') + "\r\n\r\n";
    };
    std::vector<Strange> all{
        {"a line of 1 KiB less a byte", line(1023), std::nullopt},
        {"a line of 1 KiB", line(1024), std::nullopt},
        {"a line of 1 KiB and a byte", line(1025), errc::malformed_head},
        {"a flood of extensions", head + repeated("1;" + std::string(900, 'e') + "\r\nx\r\n", 100),
         errc::malformed_head},
        {"a flood of zeros", head + repeated("0", 100'000), errc::malformed_head},
        {"trailers of 8 KiB", trailers(8 * 1024), std::nullopt},
        {"trailers of 8 KiB and more", trailers(8 * 1024 + 4), errc::malformed_head},
        {"a flood of trailers", head + "2\r\nhi\r\n0\r\n" + repeated("X: y\r\n", 10'000),
         errc::malformed_head},
        {"a trailer that is a length", head + "2\r\nhi\r\n0\r\nContent-Length: 5\r\n\r\n",
         std::nullopt},
        {"upper case", head + "000000000000002\r\nhi\r\n" + end, std::nullopt},
    };
    for (const char* bad :
         {"g\r\nhi\r\n", "-2\r\nhi\r\n", "0x2\r\nhi\r\n", " 2\r\nhi\r\n", "\r\nhi\r\n", "2\nhi\r\n",
          "2\r\nhi\n", "2\r\nhix\r\n", "2\rhi\r\n", "ffffffffffffffff\r\nhi\r\n",
          "10000000000000002\r\nhi\r\n", "2;\x01\r\nhi\r\n", "2\r\nhi"})
        all.push_back({std::string("a chunk ") + bad, head + bad + end, errc::malformed_head});
    return all;
}

void check_strange(const std::vector<Strange>& all, std::size_t least) {
    Cases cases;
    std::vector<Answer> answers;
    for (const Strange& one : all) answers.push_back({one.bytes, Goodbye::orderly});
    cases.run(answers, Caller::quick, [&](std::size_t i, const Outcome& outcome) {
        const bool right = all[i].error
                               ? outcome.error == *all[i].error
                               : !outcome.error && (outcome.body == "hi" || outcome.body.empty());
        if (!right) cases.wrong += all[i].name + ": ";
        return right;
    });
    cases.check(least);
}

} // namespace

TEST_CASE("an answer that ends at any byte with a goodbye is never taken for more than it is") {
    cut_everywhere(Goodbye::orderly, Caller::quick, 1, 240);
}

TEST_CASE("an answer that ends at any byte without a goodbye is never taken for more than it is") {
    cut_everywhere(Goodbye::cut, Caller::quick, 1, 240);
}

TEST_CASE("an answer that is reset at any byte is never taken for more than it is") {
    cut_everywhere(Goodbye::reset, Caller::quick, 1, 240);
}

TEST_CASE("an answer that stalls is left wherever it stalls") {
    cut_everywhere(Goodbye::stall, impatient, 5, 50);
}

TEST_CASE("heads that are strange are taken as declared") { check_strange(strange_heads(), 20); }

TEST_CASE("status lines that are strange are taken as declared") {
    check_strange(strange_lines(), 20);
}

TEST_CASE("chunks that are strange are taken as declared") { check_strange(strange_chunks(), 20); }

TEST_CASE("an answer that drips is left") {
    Cases cases;
    const std::vector<Answer> answers{
        {"", Goodbye::drip},
        {ok_line, Goodbye::drip},
        {ok_line + "X: ", Goodbye::drip},
        {ok_line + "Content-Length: 100000\r\n\r\n", Goodbye::drip},
        {ok_line + "Content-Length: 100000\r\n\r\n" + std::string(20, 'x'), Goodbye::drip},
        {ok_line + "Transfer-Encoding: chunked\r\n\r\n10000\r\n", Goodbye::drip},
        {ok_line + "Transfer-Encoding: chunked\r\n\r\n2;", Goodbye::drip},
        {ok_line + "\r\n", Goodbye::drip},
    };
    cases.run(answers, impatient,
              [](std::size_t, const Outcome& outcome) { return outcome.error == errc::timed_out; });
    cases.check(8);
}
