// SPDX-License-Identifier: BSL-1.0
// The entry of libFuzzer: one program for all targets; MDE_FUZZ_TARGET names the one to run. A
// broken promise leaves as an exception that nobody catches, which is what a fuzzer calls a crash.
#include "fuzz/target.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

void (*chosen)(mde_fuzz::Bytes) = nullptr;

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    const char* name = std::getenv("MDE_FUZZ_TARGET");
    for (const mde_fuzz::Target& target : mde_fuzz::targets())
        if (name != nullptr && target.name == name) chosen = target.run;
    if (chosen != nullptr) return 0;
    std::fputs("MDE_FUZZ_TARGET must be one of:", stderr);
    for (const mde_fuzz::Target& target : mde_fuzz::targets())
        std::fprintf(stderr, " %.*s", static_cast<int>(target.name.size()), target.name.data());
    std::fputs("\n", stderr);
    std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    chosen(std::as_bytes(std::span(data, size)));
    return 0;
}
