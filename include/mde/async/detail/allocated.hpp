// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_DETAIL_ALLOCATED_HPP
#define MDE_ASYNC_DETAIL_ALLOCATED_HPP

/// @file
/// An object in memory of a handler's own allocator, behind a pointer that need not name it.

#include <mde/base/version.hpp>

#include <memory>
#include <new>
#include <utility>

namespace mde::inline MDE_ABI::detail {

template <class T>
using AllocatedPtr = std::unique_ptr<T, void (*)(T*)>;

template <class T, class Allocator>
class AllocatedBlock : public T {
  public:
    using Rebound =
        typename std::allocator_traits<Allocator>::template rebind_alloc<AllocatedBlock>;
    using Traits = std::allocator_traits<Rebound>;

    template <class... Args>
    explicit AllocatedBlock(const Rebound& allocator, Args&&... args)
        : T(std::forward<Args>(args)...), allocator_(allocator) {}

    template <class... Args>
    static AllocatedPtr<T> make(const Allocator& allocator, Args&&... args) {
        Rebound rebound(allocator);
        AllocatedBlock* block = Traits::allocate(rebound, 1);
        // Gives the memory back if a constructor throws.
        const auto release = [&](AllocatedBlock* unused) {
            Traits::deallocate(rebound, unused, 1);
        };
        std::unique_ptr<AllocatedBlock, decltype(release)> guard(block, release);
        ::new (static_cast<void*>(block)) AllocatedBlock(rebound, std::forward<Args>(args)...);
        return {guard.release(), &AllocatedBlock::destroy};
    }

  private:
    static void destroy(T* object) {
        auto* block = static_cast<AllocatedBlock*>(object);
        Rebound allocator(block->allocator_);
        block->~AllocatedBlock();
        Traits::deallocate(allocator, block, 1);
    }

    Rebound allocator_;
};

template <class T, class Allocator, class... Args>
AllocatedPtr<T> make_allocated(const Allocator& allocator, Args&&... args) {
    return AllocatedBlock<T, Allocator>::make(allocator, std::forward<Args>(args)...);
}

} // namespace mde::inline MDE_ABI::detail

#endif
