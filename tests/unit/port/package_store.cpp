// SPDX-License-Identifier: BSL-1.0
#include <mde/port/package_store.hpp>

#include <doctest/doctest.h>

using namespace mde;

namespace {

struct GoodWriter {
    error_code begin(const PackagePart&) { return {}; }
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
    error_code begin(const PackagePart&) { return {}; }
    error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
    error_code commit(const Receipt&) { return {}; }
};
struct SilentWriter {
    error_code begin(const PackagePart&) { return {}; }
    void write(std::uint64_t, std::span<const std::byte>) {}
    error_code commit(const Receipt&) { return {}; }
    void abort() {}
};
struct WithoutBegin {
    error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
    error_code commit(const Receipt&) { return {}; }
    void abort() {}
};
struct KeepingWriter : GoodWriter {
    PackagePart what;
    const PackagePart& part() const { return what; }
    result<std::size_t> read(std::uint64_t, std::span<std::byte>) { return std::size_t(0); }
    void keep() {}
};
template <class W>
struct StoreOf {
    using Writer = W;
    result<W> open(const PackageKey&) { return W(); }
};
struct WithoutWriter {
    result<GoodWriter> open(const PackageKey&) { return GoodWriter(); }
};
struct WithoutResult {
    using Writer = GoodWriter;
    GoodWriter open(const PackageKey&) { return {}; }
};

static_assert(PackageStore<exemplar::NoStore> && PackageStore<StoreOf<GoodWriter>>);
static_assert(!PackageStore<StoreOf<CopyOnlyWriter>> && !PackageStore<StoreOf<WithoutAbort>>);
static_assert(!PackageStore<StoreOf<SilentWriter>> && !PackageStore<StoreOf<WithoutBegin>>);
static_assert(PackageStore<StoreOf<KeepingWriter>> && PartWriter<KeepingWriter>);
static_assert(!PartWriter<GoodWriter> && !PartWriter<exemplar::NoStore::Writer>);
static_assert(!PackageStore<WithoutWriter> && !PackageStore<WithoutResult>);

} // namespace

TEST_CASE("the smallest store takes everything") {
    exemplar::NoStore store;
    auto writer = store.open(PackageKey{});
    REQUIRE(writer.has_value());
    CHECK_FALSE(writer->begin(PackagePart{5, "", 0}).failed());
    CHECK_FALSE(writer->write(0, {}).failed());
    CHECK_FALSE(writer->commit(Receipt{}).failed());
    writer->abort();
}
