// SPDX-License-Identifier: BSL-1.0
// What this program gives back to the heap is wiped first. The SDK wipes what it knows to be a
// secret by itself; this is for copies that others make, such as the parser of the command line.

#include <mde/base/secret.hpp>

#include <cstddef>
#include <cstdlib>
#include <new>

#include <malloc.h>

void* operator new(std::size_t size) {
    for (;;) {
        if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
}

void operator delete(void* memory) noexcept {
    if (memory == nullptr) return;
    mde::wipe(memory, ::malloc_usable_size(memory));
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
