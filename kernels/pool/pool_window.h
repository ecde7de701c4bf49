/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic on pooling windows: the output's size, and which taps of a window
 * lie inside the image. For a checked problem every range is non-empty.
 */
#ifndef ASSAY_KERNELS_POOL_WINDOW_H
#define ASSAY_KERNELS_POOL_WINDOW_H

#include <stdint.h>

#include "kernels/pool/pool.h"
#include "kernels/shape.h"

/* Rows of the output; ≤ 0 if the window does not fit. */
static inline int64_t assay_pool_rows(const struct assay_pool *d)
{
    return assay_window_count(d->h, d->r, d->stride_h, d->pad_top,
                              d->pad_bottom, d->dil_h);
}

/* Columns of the output; ≤ 0 if the window does not fit. */
static inline int64_t assay_pool_columns(const struct assay_pool *d)
{
    return assay_window_count(d->w, d->s, d->stride_w, d->pad_left,
                              d->pad_right, d->dil_w);
}

/* Taps first … end - 1 of a window of `taps`, `dilation` apart, whose tap 0 is
 * at `start`, lie within 0 … size - 1. */
struct assay_pool_range {
    int64_t first, end;
};

static inline struct assay_pool_range
assay_pool_taps(int64_t start, int64_t taps, int64_t dilation, int64_t size)
{
    struct assay_pool_range range = {0, taps};
    if (start < 0)
        range.first = (-start + dilation - 1) / dilation;
    if (start + (taps - 1) * dilation >= size)
        range.end = (size - start + dilation - 1) / dilation;
    return range;
}

#endif
