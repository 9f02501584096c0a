// SPDX-License-Identifier: BSL-1.0
#include "support/counted_heap.hpp"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace heap = mde_test::heap;

void* operator new(std::size_t size) {
    void* memory = heap::strikes(size) ? nullptr : std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    heap::bytes_in_use += ::malloc_usable_size(memory);
    ++heap::blocks_in_use;
    ++heap::allocations;
    return memory;
}
void operator delete(void* memory) noexcept {
    if (memory == nullptr) return;
    heap::bytes_in_use -= ::malloc_usable_size(memory);
    --heap::blocks_in_use;
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
// The address sanitizer has its own of each.
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }
