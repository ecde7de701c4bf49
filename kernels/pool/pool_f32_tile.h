/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f32, for one ISA level: the including file defines KERNEL as its
 * symbol. Vectors run over channels; a block of four vectors is accumulated in
 * registers over all taps of one output pixel that lie inside the image, so
 * each input is loaded once a window and each output stored once. The last
 * channels of a pixel are partial vectors. Threads share output pixels times
 * channel blocks, which splits global pooling by images and channels. x and y
 * do not overlap. Deviation: an average is summed in float, and multiplied by
 * a rounded 1/count; a maximum is exact.
 */
#include <math.h>

#include "kernels/act_vector.h"
#include "kernels/kernel.h"
#include "kernels/pool/pool_window.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

#define BLOCK (4 * ASSAY_VF_LANES)

/* Taps of a window: first element, how many, and their distances. */
struct taps {
    const float *x;
    int64_t rows, columns, row_step, column_step;
    float scale; /* of a sum */
};

ASSAY_INLINE assay_vf merge(assay_vf sum, assay_vf x, bool average)
{
    return average ? sum + x : assay_vf_max(x, sum);
}

ASSAY_INLINE void pool_block(const struct taps *t, float *y, bool average)
{
    const assay_vf start = assay_vf_set(average ? 0 : -INFINITY);
    assay_vf m0 = start, m1 = start, m2 = start, m3 = start;
    for (int64_t r = 0; r < t->rows; r++) {
        const float *x = t->x + r * t->row_step;
        for (int64_t s = 0; s < t->columns; s++, x += t->column_step) {
            m0 = merge(m0, assay_vf_load(x), average);
            m1 = merge(m1, assay_vf_load(x + ASSAY_VF_LANES), average);
            m2 = merge(m2, assay_vf_load(x + 2 * ASSAY_VF_LANES), average);
            m3 = merge(m3, assay_vf_load(x + 3 * ASSAY_VF_LANES), average);
        }
    }
    const float scale = average ? t->scale : 1;
    assay_vf_store(y, m0 * scale);
    assay_vf_store(y + ASSAY_VF_LANES, m1 * scale);
    assay_vf_store(y + 2 * ASSAY_VF_LANES, m2 * scale);
    assay_vf_store(y + 3 * ASSAY_VF_LANES, m3 * scale);
}

/* One whole vector of channels, or the first n of it. */
ASSAY_INLINE void pool_vector(const struct taps *t, int64_t offset, int64_t n,
                              float *y, bool average)
{
    const bool whole = n >= ASSAY_VF_LANES;
    assay_vf m = assay_vf_set(average ? 0 : -INFINITY);
    for (int64_t r = 0; r < t->rows; r++) {
        const float *x = t->x + offset + r * t->row_step;
        for (int64_t s = 0; s < t->columns; s++, x += t->column_step)
            m = merge(m, whole ? assay_vf_load(x) : assay_vf_load_part(x, n, 0),
                      average);
    }
    if (average)
        m *= t->scale;
    if (whole)
        assay_vf_store(y + offset, m);
    else
        assay_vf_store_part(y + offset, n, m);
}

ASSAY_INLINE void pool_channels(const struct taps *t, int64_t channels,
                                float *y, bool average)
{
    if (channels >= BLOCK) {
        pool_block(t, y, average);
        return;
    }
    for (int64_t c = 0; c < channels; c += ASSAY_VF_LANES)
        pool_vector(t, c, channels - c, y, average);
}

ASSAY_INLINE void sweep(const struct assay_cpu_call *call, bool average)
{
    const struct assay_pool *d = &call->problem->as.pool;
    const int64_t rows = assay_pool_rows(d), columns = assay_pool_columns(d);
    const int64_t blocks = (d->c + BLOCK - 1) / BLOCK;
    const struct assay_range span = assay_split(d->n * rows * columns * blocks,
                                                call->threads, call->thread);
    int64_t block = span.begin % blocks, pixel = span.begin / blocks;
    int64_t q = pixel % columns, p = pixel / columns % rows;
    int64_t n = pixel / columns / rows;
    for (int64_t i = span.begin; i < span.end; i++) {
        const int64_t top = p * d->stride_h - d->pad_top;
        const int64_t left = q * d->stride_w - d->pad_left;
        const struct assay_pool_range r =
            assay_pool_taps(top, d->r, d->dil_h, d->h);
        const struct assay_pool_range s =
            assay_pool_taps(left, d->s, d->dil_w, d->w);
        const int64_t line = n * d->h + top + r.first * d->dil_h;
        const int64_t column = left + s.first * d->dil_w;
        const int64_t count =
            d->count_pad ? d->r * d->s : (r.end - r.first) * (s.end - s.first);
        const int64_t c = block * BLOCK;
        pool_channels(
            &(struct taps){
                .x = (const float *)call->inputs[0] +
                     (line * d->w + column) * d->c + c,
                .rows = r.end - r.first,
                .columns = s.end - s.first,
                .row_step = d->dil_h * d->w * d->c,
                .column_step = d->dil_w * d->c,
                .scale = 1.0f / (float)count,
            },
            d->c - c,
            (float *)call->output + ((n * rows + p) * columns + q) * d->c + c,
            average);
        if (++block < blocks)
            continue;
        block = 0;
        if (++q < columns)
            continue;
        q = 0;
        if (++p < rows)
            continue;
        p = 0;
        n++;
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    if (call->problem->as.pool.kind == ASSAY_POOL_AVERAGE)
        sweep(call, true);
    else
        sweep(call, false);
}
