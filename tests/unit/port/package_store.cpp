// SPDX-License-Identifier: BSL-1.0
#include <mde/port/package_store.hpp>

#include <doctest/doctest.h>

using namespace mde;

namespace {

struct GoodWriter {
    error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
    error_code commit(const Receipt&) { return {}; }
    void abort() {}
};
struct CopyOnlyWriter : GoodWriter {
    CopyOnlyWriter() = default;
    CopyOnlyWriter(const CopyOnlyWriter&) = default;
    CopyOnlyWriter& operator=(const CopyOnlyWriter&) = delete;
};
struct WithoutAbort {
    error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
    error_code commit(const Receipt&) { return {}; }
};
struct SilentWriter {
    void write(std::uint64_t, std::span<const std::byte>) {}
    error_code commit(const Receipt&) { return {}; }
    void abort() {}
};
template <class W>
struct StoreOf {
    using Writer = W;
    error_code check(const PackageKey&) { return {}; }
    result<W> open(const PackageKey&, std::optional<std::uint64_t>) { return W(); }
};
struct WithoutWriter {
    error_code check(const PackageKey&) { return {}; }
    result<GoodWriter> open(const PackageKey&, std::optional<std::uint64_t>) {
        return GoodWriter();
    }
};
struct WithoutCheck {
    using Writer = GoodWriter;
    result<GoodWriter> open(const PackageKey&, std::optional<std::uint64_t>) {
        return GoodWriter();
    }
};
struct WithoutResult {
    using Writer = GoodWriter;
    error_code check(const PackageKey&) { return {}; }
    GoodWriter open(const PackageKey&, std::optional<std::uint64_t>) { return {}; }
};

static_assert(PackageStore<exemplar::NoStore> && PackageStore<StoreOf<GoodWriter>>);
static_assert(!PackageStore<StoreOf<CopyOnlyWriter>> && !PackageStore<StoreOf<WithoutAbort>>);
static_assert(!PackageStore<StoreOf<SilentWriter>>);
static_assert(!PackageStore<WithoutWriter> && !PackageStore<WithoutResult>);
static_assert(!PackageStore<WithoutCheck>);

} // namespace

TEST_CASE("the smallest store takes everything") {
    exemplar::NoStore store;
    auto writer = store.open(PackageKey{}, 5);
    REQUIRE(writer.has_value());
    CHECK_FALSE(writer->write(0, {}).failed());
    CHECK_FALSE(writer->commit(Receipt{}).failed());
    writer->abort();
}
