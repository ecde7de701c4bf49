/* SPDX-License-Identifier: Apache-2.0
 *
 * For the CPU rows of quantize and dequantize: a thread's span of the elements
 * of [rows][cols] in stretches that have one factor, or one for each element.
 */
#ifndef ASSAY_KERNELS_SCALES_WALK_H
#define ASSAY_KERNELS_SCALES_WALK_H

#include "kernels/kernel.h"
#include "kernels/split.h"

struct assay_scales_walk {
    int64_t at, end, count; /* the stretch: `count` elements from `at` on */
    int64_t factor;         /* number of the factor of element `at` */
    int64_t cols;           /* all elements where all have one factor */
    bool by_row;
};

static inline void assay_scales_stretch(struct assay_scales_walk *walk)
{
    const int64_t row = walk->at / walk->cols, column = walk->at % walk->cols;
    const int64_t rest = walk->cols - column, left = walk->end - walk->at;
    walk->count = rest < left ? rest : left;
    walk->factor = walk->by_row ? row : column;
}

/* Whether neighbours in a stretch have different factors. */
static inline bool assay_scales_vary(enum assay_scales scales)
{
    return scales == ASSAY_SCALES_COLUMN;
}

static inline struct assay_scales_walk
assay_scales_begin(enum assay_scales scales, int64_t rows, int64_t cols,
                   const struct assay_cpu_call *call)
{
    const struct assay_range span =
        assay_split_units(rows * cols, 256, call->threads, call->thread);
    const bool one = scales == ASSAY_SCALES_TENSOR;
    struct assay_scales_walk walk = {
        .at = span.begin,
        .end = span.end,
        .cols = one ? rows * cols : cols,
        .by_row = !assay_scales_vary(scales),
    };
    assay_scales_stretch(&walk);
    return walk;
}

static inline void assay_scales_next(struct assay_scales_walk *walk)
{
    walk->at += walk->count;
    assay_scales_stretch(walk);
}

#endif
