// EXPECT: package_store_has_open_and_its_writer_begin_write_commit_abort_or_all_as_async
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/async_package_store.hpp>

static_assert(mde::AnyPackageStore<mde::exemplar::NoStore>);

struct Partial {
    using Writer = mde::exemplar::NoStore::Writer;
};
#ifdef EXPECT_FAIL
static_assert(mde::AnyPackageStore<Partial>);
#endif
