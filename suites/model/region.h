/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that is freed all at once, with a budget that is checked before each
 * allocation: what a model file asks for can never exceed it. A region belongs
 * to one thread at a time.
 */
#ifndef ASSAY_SUITES_MODEL_REGION_H
#define ASSAY_SUITES_MODEL_REGION_H

#include <stddef.h>

#include "kernels/status.h"

struct assay_region_block; /* private */

/* Zero-initialized but for the budget. */
struct assay_region {
    struct assay_region_block *blocks;
    size_t used, budget; /* bytes */
};

/* `count` elements of `size` bytes, zeroed, aligned to 64 bytes; count = 0
 * gives a valid pointer. NULL with a message when the product overflows, the
 * budget would be exceeded, or the system has no memory. */
void *assay_region_alloc(struct assay_region *region, size_t count,
                         size_t size);

/* A copy of a text; NULL (of the text, too) as above. */
char *assay_region_text(struct assay_region *region, const char *text);

/* Give everything back; the region can be used again. */
void assay_region_free(struct assay_region *region);

#endif
