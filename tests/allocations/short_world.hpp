// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_ALLOCATIONS_SHORT_WORLD_HPP
#define MDE_TESTS_ALLOCATIONS_SHORT_WORLD_HPP

/// @file
/// A world in which only the SDK runs out of memory, at each allocation of a job in turn.

#include "support/blob_world.hpp"
#include "support/counted_heap.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <new>
#include <span>

namespace mde_test {

/// The service and the network have memory of their own.
struct QuietTransport {
    struct Exchange {
        World::Transport::Exchange inner;

        const mde::ResponseHead& head() const noexcept { return inner.head(); }
        mde::result<std::size_t> read_some(std::span<std::byte> bytes) {
            const heap::PassOver elsewhere;
            return inner.read_some(bytes.first((std::min)(bytes.size(), std::size_t(700))));
        }
    };
    World::Transport* inner;

    mde::result<Exchange> send(const mde::HttpRequest& request) {
        const heap::PassOver elsewhere;
        auto sent = inner->send(request);
        if (!sent) return sent.error();
        return Exchange{std::move(*sent)};
    }
};

/// The consumer's own.
struct QuietTokens {
    ServiceTokens* inner;

    mde::result<mde::AccessToken> get_token(const mde::TokenQuery& query,
                                            mde::Diagnostics& diagnostics) {
        const heap::PassOver elsewhere;
        return inner->get_token(query, diagnostics);
    }
};

struct ShortWorld : BlobWorld {
    QuietTransport quiet{&transport};
    QuietTokens quiet_tokens{&tokens};

    ShortWorld() { emulator.settings().quotas = mde::service::Feature::off; }
};

/// `make` makes a world, `run(world)` does the job in it and says whether it succeeded, and
/// `check(world, succeeded)` looks at what is left. The n-th allocation of the job fails, once or
/// with all later ones, for each n: the job must end with std::bad_alloc or an error, leak nothing,
/// leave nothing that is not whole, and succeed with the same objects afterwards.
template <class Make, class Run, class Check>
void survive_shortage(Make make, Run run, Check check) {
    std::size_t clean = 0;
    {
        auto world = make();
        const heap::Shortage none(heap::never);
        REQUIRE(run(*world));
        clean = none.count();
    }
    REQUIRE(clean > 0);
    for (const heap::Times times : {heap::Times::once, heap::Times::for_ever}) {
        for (std::size_t n = 1; n <= clean; ++n) {
            const bool for_ever = times == heap::Times::for_ever;
            CAPTURE(for_ever);
            CAPTURE(n);
            const std::size_t before = heap::blocks_in_use;
            {
                auto world = make();
                bool succeeded = false;
                {
                    const heap::Shortage shortage(n, times);
                    try {
                        succeeded = run(*world);
                    } catch (const std::bad_alloc&) {
                    }
                }
                check(*world, succeeded);
                if (!succeeded) CHECK(run(*world));
                check(*world, true);
            }
            CHECK(heap::blocks_in_use == before);
        }
    }
}

} // namespace mde_test

#endif
