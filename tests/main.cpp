// SPDX-License-Identifier: BSL-1.0
// The entry of every test program. A filter that matches nothing is a failure here: doctest itself
// would call it a success, and a renamed file would go untested for good.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>

namespace {

unsigned cases_run = 0;

struct CaseCounter final : doctest::IReporter {
    explicit CaseCounter(const doctest::ContextOptions&) {}

    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats& stats) override {
        cases_run = stats.numTestCasesPassingFilters;
    }
    void test_case_start(const doctest::TestCaseData&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("case_counter", 1, CaseCounter);

} // namespace

#if defined(__SANITIZE_THREAD__)
#define MDE_TEST_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MDE_TEST_THREAD_SANITIZER 1
#endif
#endif

#ifdef MDE_TEST_THREAD_SANITIZER
// Asked for by the thread sanitizer, which cannot see that OpenSSL counts references atomically,
// but sees what OpenSSL copies and frees: a TLS session that one thread has copied, and another one
// frees as its last owner, would be called a race.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:libcrypto.so\n"; }
#endif

int main(int argc, char** argv) {
    doctest::Context context(argc, argv);
    context.setOption("no-skip", true);
    const int status = context.run();
    if (context.shouldExit()) return status;
    if (cases_run == 0) {
        std::fputs("no test case matches the filter\n", stderr);
        return 1;
    }
    return status;
}
