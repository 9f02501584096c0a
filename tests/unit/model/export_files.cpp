// SPDX-License-Identifier: BSL-1.0
#include <mde/model/export_files.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <ostream>
#include <type_traits>
#include <utility>

using namespace mde;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(!std::copy_constructible<ExportFiles>);
static_assert(!std::is_copy_assignable_v<ExportFiles>);
static_assert(!Printable<ExportFiles>);
static_assert(std::is_nothrow_move_constructible_v<ExportFiles>);

TEST_CASE("files are moved and leave nothing behind") {
    ExportFiles files;
    files.files.resize(3);
    const ExportFiles moved = std::move(files);
    CHECK(moved.files.size() == 3);
    CHECK(files.files.empty());
    CHECK(moved.files[0].valueless());
}
