// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/file_state.hpp>

#include "support/temporary_directory.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

TEST_CASE("a state is there once it was saved and the latest one counts") {
    const TemporaryDirectory folder;
    const std::string path = folder.path() + "/fleet.state";
    auto state = FileState::at(path);
    REQUIRE(state);
    CHECK(*state->load() == std::nullopt);
    CHECK_FALSE(state->save("one"));
    CHECK_FALSE(state->save("two and more"));
    CHECK(*state->load() == "two and more");
    CHECK_FALSE(state->save(""));
    CHECK(*state->load() == "");
    struct ::stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK_FALSE(std::filesystem::exists(path + ".part"));
}

TEST_CASE("a state has at most 64 MiB") {
    const TemporaryDirectory folder;
    const std::string path = folder.path() + "/fleet.state";
    auto state = FileState::at(path);
    REQUIRE(state);
    CHECK_FALSE(state->save("x"));
    for (const std::size_t size :
         {bounds::saved_state - 1, bounds::saved_state, bounds::saved_state + 1}) {
        std::filesystem::resize_file(path, size);
        const auto loaded = state->load();
        CHECK(loaded.has_value() == (size <= bounds::saved_state));
        if (loaded) CHECK((*loaded)->size() == size);
    }
}

TEST_CASE("only one may work with a state at a time") {
    const TemporaryDirectory folder;
    const std::string path = folder.path() + "/fleet.state";
    auto first = FileState::at(path);
    REQUIRE(first);
    const auto second = FileState::at(path);
    REQUIRE_FALSE(second);
    CHECK(second.error() == errc::store_busy);
    {
        FileState moved = std::move(*first);
        CHECK_FALSE(FileState::at(path));
    }
    CHECK(FileState::at(path));
    CHECK_FALSE(std::filesystem::exists(path + ".lock"));
}

TEST_CASE("what a killed process left half written is passed over") {
    const TemporaryDirectory folder;
    const std::string path = folder.path() + "/fleet.state";
    std::ofstream(path) << "whole";
    std::ofstream(path + ".part") << "ha";
    auto state = FileState::at(path);
    REQUIRE(state);
    CHECK(*state->load() == "whole");
    CHECK_FALSE(state->save("next"));
    CHECK(*state->load() == "next");
}

TEST_CASE("links and folders are not taken for a state") {
    const TemporaryDirectory folder;
    const std::string target = folder.path() + "/target";
    std::ofstream(target) << "somebody else's";
    std::filesystem::create_symlink(target, folder.path() + "/link");
    auto link = FileState::at(folder.path() + "/link");
    REQUIRE(link);
    CHECK_FALSE(link->load());
    std::filesystem::create_directory(folder.path() + "/folder");
    auto directory = FileState::at(folder.path() + "/folder");
    REQUIRE(directory);
    CHECK(directory->load().error() == errc::store_failed);
    CHECK(directory->save("text"));
    CHECK_FALSE(FileState::at(folder.path() + "/missing/fleet.state"));
    CHECK_FALSE(FileState::at(folder.path() + "/"));
}
