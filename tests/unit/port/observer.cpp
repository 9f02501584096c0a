// SPDX-License-Identifier: BSL-1.0
#include <mde/port/observer.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace mde;

namespace {

struct Collector {
    std::vector<std::size_t> kinds;
    void notify(const ObserverEvent& event) { kinds.push_back(event.index()); }
};
struct Deaf {};
static_assert(Observer<NoObserver> && Observer<Collector> && !Observer<Deaf>);

} // namespace

TEST_CASE("every kind of event reaches an observer") {
    Collector observer;
    observer.notify(observed::Token{.renewed = true});
    observer.notify(observed::DevicePrompt{"ABCD-EFGH", "https://login.example/device", "", {}});
    observer.notify(observed::Action{{}, MachineActionStatus::pending});
    observer.notify(observed::Request{Stage::get_link, "h"});
    observer.notify(observed::Failure{Stage::download, errc::connection_lost});
    observer.notify(observed::Waiting{WaitReason::quota, Duration(1)});
    observer.notify(observed::Progress{1, 2});
    observer.notify(observed::Committed{2});
    observer.notify(observed::Fleet{.waiting = 1});
    CHECK(observer.kinds == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("each reason to wait has a name of its own") {
    std::set<std::string> names;
    for (int i = 0; i <= static_cast<int>(WaitReason::link_start); ++i)
        CHECK(names.insert(std::string(name_of(static_cast<WaitReason>(i)))).second);
    CHECK_FALSE(names.contains(""));
    CHECK(name_of(static_cast<WaitReason>(99)).empty());
}
