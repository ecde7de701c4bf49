/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory of arrays, packed constants and scratch.
 *
 * Where the small pages of an array lie in physical memory decides which of
 * them share sets of the L2, anew in every process: it made add/f32/50176 (600
 * KiB) 25 to 45 % slower in 9 runs of 40, and with huge pages in 1 of 40. So
 * all of it comes out of huge pages: small blocks one after the other in shared
 * ones, large blocks in pages of their own. A system that grants none gives
 * small pages as before. Under the address sanitizer every block is the
 * allocator's own, so that it sees both ends.
 */
#include "backends/cpu/cpu.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define ALIGNMENT ((size_t)64)

#if defined(__SANITIZE_ADDRESS__)
#define SHARED_MOST 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHARED_MOST 0
#endif
#endif
#ifndef SHARED_MOST
#define SHARED_MOST (HUGE_PAGE / 2) /* beyond, a block has pages of its own */
#endif

struct chunk {
    char *memory;
    size_t used, live; /* bytes given out, and blocks not yet freed */
    struct chunk *next;
};

/* In front of every shared block. */
struct header {
    struct chunk *chunk;
    char padding[ALIGNMENT - sizeof(struct chunk *)];
};

static struct chunk *chunks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *huge_pages(size_t bytes)
{
    const size_t whole = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *memory = aligned_alloc(HUGE_PAGE, whole);
    if (memory)
        madvise(memory, whole, MADV_HUGEPAGE);
    return memory;
}

static struct chunk *chunk_for(size_t bytes)
{
    for (struct chunk *c = chunks; c; c = c->next)
        if (bytes <= HUGE_PAGE - c->used)
            return c;
    struct chunk *c = calloc(1, sizeof *c);
    if (c)
        c->memory = huge_pages(HUGE_PAGE);
    if (!c || !c->memory) {
        free(c);
        return NULL;
    }
    c->next = chunks;
    chunks = c;
    return c;
}

static void *alloc_shared(size_t bytes)
{
    void *block = NULL;
    const size_t whole =
        sizeof(struct header) + (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    pthread_mutex_lock(&lock);
    struct chunk *c = chunk_for(whole);
    if (c) {
        struct header *header = (struct header *)(c->memory + c->used);
        header->chunk = c;
        c->used += whole;
        c->live++;
        block = header + 1;
    }
    pthread_mutex_unlock(&lock);
    return block;
}

void *assay_cpu_alloc(size_t bytes)
{
    if (bytes > SIZE_MAX - HUGE_PAGE)
        return NULL;
    if (bytes <= SHARED_MOST)
        return alloc_shared(bytes);
    return SHARED_MOST ? huge_pages(bytes)
                       : aligned_alloc(ALIGNMENT, (bytes + ALIGNMENT - 1) /
                                                      ALIGNMENT * ALIGNMENT);
}

/* Blocks of pages of their own are the only ones at a multiple of those. */
static bool is_shared(const void *block)
{
    return SHARED_MOST && (uintptr_t)block % HUGE_PAGE != 0;
}

void assay_cpu_free(void *block)
{
    if (!block || !is_shared(block)) {
        free(block);
        return;
    }
    pthread_mutex_lock(&lock);
    struct chunk *c = ((struct header *)block - 1)->chunk;
    if (--c->live == 0) {
        struct chunk **at = &chunks;
        while (*at != c)
            at = &(*at)->next;
        *at = c->next;
        free(c->memory);
        free(c);
    }
    pthread_mutex_unlock(&lock);
}
