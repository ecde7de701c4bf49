/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocking of matmul on the CPU, from which the scratch follows
 * (matmul_tile.h).
 */
#ifndef ASSAY_KERNELS_MATMUL_SCRATCH_H
#define ASSAY_KERNELS_MATMUL_SCRATCH_H

#include <stdbool.h>

#include "kernels/matmul/matmul.h"
#include "kernels/shape.h"

/* The most rows that are not worth packing b for. */
#define ASSAY_MATMUL_FEW 3

/* Of a pass over the depth: steps, floats of the slab of panels, floats between
 * rows of a that are copied. */
#define ASSAY_MATMUL_DEPTH 512
#define ASSAY_MATMUL_SLAB (128 * 1024)
#define ASSAY_MATMUL_ROW (ASSAY_MATMUL_DEPTH + 16)

/* f16: the rows and columns whose sums are kept in f32 at a time. */
#define ASSAY_MATMUL_ROWS 224
#define ASSAY_MATMUL_COLUMNS 256

struct assay_matmul_blocks {
    bool few;
    int64_t passes, depth; /* of the longest pass */
    int64_t panels;        /* of a slab */
    /* Floats: the slab, or with few rows those of a; copied rows; sums. */
    int64_t slab_floats, row_floats, sum_floats;
};

static inline struct assay_matmul_blocks
assay_matmul_blocks(const struct assay_matmul *d, unsigned tile_m,
                    unsigned tile_n, bool half)
{
    struct assay_matmul_blocks b = {.few = d->m <= ASSAY_MATMUL_FEW};
    b.passes = (d->k + ASSAY_MATMUL_DEPTH - 1) / ASSAY_MATMUL_DEPTH;
    b.depth = (d->k + b.passes - 1) / b.passes;
    if (b.few) {
        b.slab_floats = d->m * assay_round_up(d->k, 16);
        return b;
    }
    const int64_t all = (d->n + tile_n - 1) / tile_n;
    b.panels = half ? ASSAY_MATMUL_COLUMNS / tile_n
                    : ASSAY_MATMUL_SLAB / (b.depth * tile_n);
    b.panels = b.panels < all ? b.panels : all;
    b.slab_floats = b.panels * b.depth * tile_n;
    b.row_floats = tile_m * ASSAY_MATMUL_ROW;
    const int64_t rows = d->m < ASSAY_MATMUL_ROWS ? d->m : ASSAY_MATMUL_ROWS;
    b.sum_floats = half ? rows * b.panels * tile_n : 0;
    return b;
}

#endif
