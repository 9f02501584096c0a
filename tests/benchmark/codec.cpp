// SPDX-License-Identifier: BSL-1.0
// Time and allocations of making a request and of decoding the documented answer to a link.
//
//   codec FILE    tests/data/get-package-sas-uri.json
#include <mde/request/get_package_uri.hpp>
#include <mde/wire/package_uri_codec.hpp>
#include <mde/wire/request_head.hpp>

#include <boost/json/parse.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::size_t allocations = 0;

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "codec: %s\n", what);
    std::exit(1);
}

/// The median, and between what nine of ten rounds lie.
struct Measured {
    double nanoseconds = 0;
    double least = 0;
    double most = 0;
    double allocations = 0;
};

/// Time of this process alone: another one that wants the processor is none of ours.
double cpu_nanoseconds() {
    std::timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// Peers in turn, so that what disturbs one disturbs all; the median of many short rounds of each.
template <class... Work>
std::array<Measured, sizeof...(Work)> measure(Work... work) {
    constexpr std::size_t rounds = 1001;
    constexpr std::size_t repeats = 200;
    std::array<std::vector<double>, sizeof...(Work)> times;
    std::array<Measured, sizeof...(Work)> measured;
    const auto one = [&](std::size_t index, auto& what) {
        const std::size_t before = allocations;
        const double begin = cpu_nanoseconds();
        for (std::size_t i = 0; i < repeats; ++i) what();
        times[index].push_back((cpu_nanoseconds() - begin) / repeats);
        measured[index].allocations = static_cast<double>(allocations - before) / repeats;
    };
    for (std::size_t round = 0; round < rounds; ++round) {
        std::size_t index = 0;
        (one(index++, work), ...);
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        std::sort(times[i].begin(), times[i].end());
        measured[i].nanoseconds = times[i][rounds / 2];
        measured[i].least = times[i][rounds / 20];
        measured[i].most = times[i][rounds - rounds / 20];
    }
    return measured;
}

void print(const char* name, const Measured& measured, double bar) {
    std::printf("| %s | %.0f (%.0f - %.0f) | %.2f | ", name, measured.nanoseconds, measured.least,
                measured.most, measured.allocations);
    if (bar >= 0) std::printf("<= %.0f: %s", bar, measured.allocations <= bar ? "met" : "MISSED");
    std::printf(" |\n");
}

/// What a careful user of the libraries would write: the member, the string in the string, a URL.
std::size_t decode_with_boost(const std::string& text) {
    const boost::json::value document = boost::json::parse(text);
    const boost::json::string& value = document.as_object().at("value").as_string();
    const boost::json::value inner = boost::json::parse(value);
    const auto link = boost::urls::parse_uri(inner.as_string());
    if (!link) fail("Boost.URL refuses the link");
    return link->encoded_host().size();
}

std::size_t decode_with_sdk(const std::string& text) {
    mde::wire::Answer answer;
    answer.body = text;
    const auto link = mde::wire::Codec<mde::PackageUri>::decode(answer);
    if (!link) fail("the answer is refused");
    return link->host().size();
}

void make_request(mde::Secret& out, const mde::MachineActionId& action, std::string_view token) {
    const mde::GetPackageUri request{action};
    const auto target = request.target();
    const std::array<mde::HeaderField, 2> fields{
        {{"Authorization", token}, {"Accept", "application/json"}}};
    mde::HttpRequest message;
    message.host = "api.securitycenter.microsoft.com";
    message.target = std::string_view(target);
    message.fields = fields;
    out.clear();
    if (mde::wire::append_request_head(message, out)) fail("the request is refused");
}

} // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main(int argc, char** argv) {
    if (argc != 2) fail("FILE");
    std::ifstream file(argv[1]);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto action = *mde::MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a");
    const std::string token = "Bearer " + std::string(1500, 't');
    mde::Secret head;
    std::size_t sum = 0;
    const auto [request, ours, theirs] =
        measure([&] { make_request(head, action, token); }, [&] { sum += decode_with_sdk(text); },
                [&] { sum += decode_with_boost(text); });
    if (sum == 0) fail("nothing was decoded");
    std::printf("### Requests and answers in memory\n\n"
                "| | CPU ns | allocations | bar |\n|---|---|---|---|\n");
    print("a request's head into a used buffer", request, 0);
    print("the documented answer to a `PackageUri`", ours, 1);
    print("the same text by Boost.JSON and `boost::urls::parse_uri`", theirs, -1);
    const double ratio = ours.nanoseconds / theirs.nanoseconds;
    std::printf("\nThe time of decoding is %.2f of that of the libraries; <= 0.70: %s.\n\n", ratio,
                ratio <= 0.70 ? "met" : "MISSED");
    return 0;
}
