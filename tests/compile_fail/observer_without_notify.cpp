// EXPECT: observer_has_notify_of_event
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/observer.hpp>

struct Whole {
    void notify(const mde::ObserverEvent&) {}
};
static_assert(mde::Observer<Whole>);

struct Partial {
    void on_event(const mde::ObserverEvent&) {}
};
#ifdef EXPECT_FAIL
static_assert(mde::Observer<Partial>);
#endif
