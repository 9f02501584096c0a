// EXPECT: writer_has_async_commit_of_receipt_and_token
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/async_package_store.hpp>

struct Beginning {
    template <class Token>
    void async_begin(const mde::PackagePart&, Token) {}
    template <class Token>
    void async_write(std::uint64_t, std::span<const std::byte>, Token) {}
    void abort() {}
};

struct Whole {
    struct Writer : Beginning {
        template <class Token>
        void async_commit(const mde::Receipt&, Token) {}
    };
    template <class Token>
    void async_open(const mde::PackageKey&, Token) {}
};
static_assert(mde::AsyncPackageStore<Whole>);

struct Partial {
    using Writer = Beginning;
    template <class Token>
    void async_open(const mde::PackageKey&, Token) {}
};
#ifdef EXPECT_FAIL
static_assert(mde::AsyncPackageStore<Partial>);
#endif
