// EXPECT: writer_has_commit_of_receipt
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/package_store.hpp>

struct Whole {
    struct Writer {
        mde::error_code begin(const mde::PackagePart&) { return {}; }
        mde::error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
        mde::error_code commit(const mde::Receipt&) { return {}; }
        void abort() {}
    };
    mde::result<Writer> open(const mde::PackageKey&) { return Writer(); }
};
static_assert(mde::PackageStore<Whole>);

struct Partial {
    struct Writer {
        mde::error_code begin(const mde::PackagePart&) { return {}; }
        mde::error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
        void abort() {}
    };
    mde::result<Writer> open(const mde::PackageKey&) { return Writer(); }
};
#ifdef EXPECT_FAIL
static_assert(mde::PackageStore<Partial>);
#endif
