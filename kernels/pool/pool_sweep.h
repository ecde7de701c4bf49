/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk of pooling that every type and ISA level shares: threads share
 * output pixels times blocks of `block` channels, which splits global pooling
 * by images and channels.
 */
#ifndef ASSAY_KERNELS_POOL_SWEEP_H
#define ASSAY_KERNELS_POOL_SWEEP_H

#include "kernels/kernel.h"
#include "kernels/split.h"
#include "kernels/window.h"

/* The taps of a window that lie inside the image. */
struct taps {
    int64_t first; /* element of the first tap in x, at the first channel */
    int64_t rows, columns, row_step, column_step;
    int64_t place;    /* of the first tap in its image: row * w + column */
    int64_t count;    /* to divide a sum by */
    int64_t y;        /* element of the output */
    int64_t channels; /* of this block */
};

/* Where a thread is: image, output row and column, block of channels. */
struct pool_sweep {
    struct assay_window_axis rows, columns;
    int64_t n_rows, n_columns, blocks, block;
    int64_t n, p, q, b, left;
};

static inline struct pool_sweep pool_sweep_begin(const struct assay_pool *d,
                                                 int64_t block, size_t threads,
                                                 size_t thread)
{
    struct pool_sweep w = {.rows = ASSAY_WINDOW_ROWS(d),
                           .columns = ASSAY_WINDOW_COLUMNS(d),
                           .block = block,
                           .blocks = (d->c + block - 1) / block};
    w.n_rows = assay_window_out(w.rows);
    w.n_columns = assay_window_out(w.columns);
    const struct assay_range span =
        assay_split(d->n * w.n_rows * w.n_columns * w.blocks, threads, thread);
    const int64_t pixel = span.begin / w.blocks;
    w.b = span.begin % w.blocks;
    w.q = pixel % w.n_columns;
    w.p = pixel / w.n_columns % w.n_rows;
    w.n = pixel / w.n_columns / w.n_rows;
    w.left = span.end - span.begin;
    return w;
}

static inline struct taps pool_sweep_taps(const struct assay_pool *d,
                                          const struct pool_sweep *w)
{
    const int64_t top = w->p * d->stride_h - d->pad_top;
    const int64_t left = w->q * d->stride_w - d->pad_left;
    const struct assay_window_taps r = assay_window_inside(w->rows, top);
    const struct assay_window_taps s = assay_window_inside(w->columns, left);
    const int64_t line = top + r.first * d->dil_h;
    const int64_t column = left + s.first * d->dil_w;
    const int64_t c = w->b * w->block;
    const int64_t pixel = (w->n * w->n_rows + w->p) * w->n_columns + w->q;
    return (struct taps){
        .first = ((w->n * d->h + line) * d->w + column) * d->c + c,
        .rows = r.end - r.first,
        .columns = s.end - s.first,
        .row_step = d->dil_h * d->w * d->c,
        .column_step = d->dil_w * d->c,
        .place = line * d->w + column,
        .count =
            d->count_pad ? d->r * d->s : (r.end - r.first) * (s.end - s.first),
        .y = pixel * d->c + c,
        .channels = d->c - c < w->block ? d->c - c : w->block,
    };
}

static inline void pool_sweep_next(struct pool_sweep *w)
{
    w->left--;
    if (++w->b < w->blocks)
        return;
    w->b = 0;
    if (++w->q < w->n_columns)
        return;
    w->q = 0;
    if (++w->p < w->n_rows)
        return;
    w->p = 0;
    w->n++;
}

#endif
