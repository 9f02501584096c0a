// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/quota_record_codec.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::wire;

namespace {

Now moment_at(std::int64_t monotonic, std::int64_t utc) {
    return {MonotonicTime(Duration(monotonic)), UtcTime(Ticks(utc))};
}

const std::string quota_text = "mde-quota-1 run\n5 6\n1 2\n9223372036854775807 0\n";

} // namespace

TEST_CASE("the record of a quota is read as it was written") {
    QuotaRecord record{"run", moment_at(5, 6), {moment_at(1, 2)}};
    record.calls.push_back(moment_at(9223372036854775807, 0));
    CHECK(encode_quota_record(record) == quota_text);
    CHECK(decode_quota_record(quota_text) == record);
    CHECK(decode_quota_record(encode_quota_record({})) == QuotaRecord());
}

TEST_CASE("no beginning of a quota's record is one but at the end of a line") {
    for (std::size_t size = 0; size < quota_text.size(); ++size) {
        CAPTURE(size);
        const auto read = decode_quota_record(std::string_view(quota_text).substr(0, size));
        const bool is_line_end = size >= 20 && quota_text[size - 1] == '\n';
        CHECK(read.has_value() == is_line_end);
    }
}

TEST_CASE("what is no record of a quota is refused") {
    for (const char* text :
         {"", "mde-quota-2 run\n0 0\n", "mde-quota-1 run\n0\n", "mde-quota-1 run\n-1 0\n",
          "mde-quota-1 run\n0 0\n1 2 3\n", "mde-quota-1 run\n0 0\n\n",
          "mde-quota-1 run\n0 9223372036854775808\n", "mde-quota-1 run\n0 0 \n"})
        CHECK_FALSE(decode_quota_record(text));
}
