/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/region.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One system allocation each, so that a sanitizer sees the bounds of every
 * array. */
struct assay_region_block {
    struct assay_region_block *next;
    char padding[64 - sizeof(void *)];
};

void *assay_region_alloc(struct assay_region *region, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) ||
        bytes > SIZE_MAX - 2 * sizeof(struct assay_region_block))
        bytes = SIZE_MAX - 2 * sizeof(struct assay_region_block);
    bytes = (bytes + sizeof(struct assay_region_block) - 1) /
            sizeof(struct assay_region_block) *
            sizeof(struct assay_region_block);
    bytes += sizeof(struct assay_region_block);
    if (bytes > region->budget - region->used) {
        assay_fail(ASSAY_NOMEM,
                   "the model needs more memory than its budget of %zu bytes",
                   region->budget);
        return NULL;
    }
    struct assay_region_block *block = aligned_alloc(64, bytes);
    if (!block) {
        assay_fail(ASSAY_NOMEM, "no %zu bytes for the model", bytes);
        return NULL;
    }
    memset(block, 0, bytes);
    block->next = region->blocks;
    region->blocks = block;
    region->used += bytes;
    return block + 1;
}

char *assay_region_text(struct assay_region *region, const char *text)
{
    if (!text)
        return NULL;
    size_t bytes = strlen(text) + 1;
    char *copy = assay_region_alloc(region, bytes, 1);
    if (copy)
        memcpy(copy, text, bytes);
    return copy;
}

void assay_region_free(struct assay_region *region)
{
    while (region->blocks) {
        struct assay_region_block *next = region->blocks->next;
        free(region->blocks);
        region->blocks = next;
    }
    region->used = 0;
}
