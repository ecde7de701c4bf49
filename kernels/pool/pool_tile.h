/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling of f32 or f16 for one ISA level: the including file defines KERNEL as
 * its symbol, and ASSAY_HALF for f16. Vectors run over channels; a block of
 * four vectors is accumulated in registers over all taps of one output pixel
 * that lie inside the image, so each input is loaded once a window and each
 * output stored once. The last channels of a pixel are partial vectors. argmax
 * keeps the place of each lane's largest beside it. x and y do not overlap.
 * Deviation: an average is summed in float, and multiplied by a rounded
 * 1/count; a maximum is exact.
 */
#include <math.h>

#include "kernels/pool/pool_sweep.h"
#include "kernels/real_vector.h"

assay_cpu_function KERNEL;

#define BLOCK (4 * ASSAY_VF_LANES)

ASSAY_INLINE assay_vf merge(assay_vf sum, assay_vf x, bool average)
{
    return average ? sum + x : assay_vf_max(x, sum);
}

ASSAY_INLINE void pool_block(const struct taps *t, const assay_real *from,
                             assay_real *y, bool average)
{
    const assay_vf start = assay_vf_set(average ? 0 : -INFINITY);
    assay_vf m0 = start, m1 = start, m2 = start, m3 = start;
    for (int64_t r = 0; r < t->rows; r++) {
        const assay_real *x = from + r * t->row_step;
        for (int64_t s = 0; s < t->columns; s++, x += t->column_step) {
            m0 = merge(m0, assay_real_load(x), average);
            m1 = merge(m1, assay_real_load(x + ASSAY_VF_LANES), average);
            m2 = merge(m2, assay_real_load(x + 2 * ASSAY_VF_LANES), average);
            m3 = merge(m3, assay_real_load(x + 3 * ASSAY_VF_LANES), average);
        }
    }
    const float scale = average ? 1.0f / (float)t->count : 1;
    assay_real_store(y, m0 * scale);
    assay_real_store(y + ASSAY_VF_LANES, m1 * scale);
    assay_real_store(y + 2 * ASSAY_VF_LANES, m2 * scale);
    assay_real_store(y + 3 * ASSAY_VF_LANES, m3 * scale);
}

/* One whole vector of channels, or the first n of it. */
ASSAY_INLINE void pool_vector(const struct taps *t, const assay_real *from,
                              int64_t n, assay_real *y, bool average)
{
    const bool whole = n >= ASSAY_VF_LANES;
    assay_vf m = assay_vf_set(average ? 0 : -INFINITY);
    for (int64_t r = 0; r < t->rows; r++) {
        const assay_real *x = from + r * t->row_step;
        for (int64_t s = 0; s < t->columns; s++, x += t->column_step)
            m = merge(
                m, whole ? assay_real_load(x) : assay_real_load_part(x, n, 0),
                average);
    }
    if (average)
        m *= 1.0f / (float)t->count;
    if (whole)
        assay_real_store(y, m);
    else
        assay_real_store_part(y, n, m);
}

ASSAY_INLINE void sweep(const struct assay_cpu_call *call, bool average)
{
    const struct assay_pool *d = &call->problem->as.pool;
    struct pool_sweep w =
        pool_sweep_begin(d, BLOCK, call->threads, call->thread);
    for (; w.left > 0; pool_sweep_next(&w)) {
        const struct taps t = pool_sweep_taps(d, &w);
        const assay_real *x = (const assay_real *)call->inputs[0] + t.first;
        assay_real *y = (assay_real *)call->output + t.y;
        if (t.channels == BLOCK) {
            pool_block(&t, x, y, average);
            continue;
        }
        for (int64_t c = 0; c < t.channels; c += ASSAY_VF_LANES)
            pool_vector(&t, x + c, t.channels - c, y + c, average);
    }
}

#ifndef ASSAY_HALF
/* The places of the largest of a vector of channels, or the first n of it. */
ASSAY_INLINE void place_vector(const struct assay_pool *d, const struct taps *t,
                               const float *from, int64_t n, int32_t *y)
{
    const bool whole = n >= ASSAY_VF_LANES;
    assay_vf m = assay_vf_load_part(from, whole ? ASSAY_VF_LANES : n, 0);
    assay_vi place = (int32_t)t->place - (assay_vi){0};
    for (int64_t r = 0; r < t->rows; r++) {
        const float *x = from + r * t->row_step;
        for (int64_t s = 0; s < t->columns; s++, x += t->column_step) {
            const assay_vf v =
                whole ? assay_vf_load(x) : assay_vf_load_part(x, n, 0);
            const assay_vi mask = v > m;
            const int64_t at = t->place + r * d->dil_h * d->w + s * d->dil_w;
            m = assay_vf_max(v, m);
            place = (place & ~mask) | ((int32_t)at & mask);
        }
    }
    if (whole)
        memcpy(y, &place, sizeof place);
    else
        assay_vf_store_part((float *)(void *)y, n, (assay_vf)place);
}

static void sweep_places(const struct assay_cpu_call *call)
{
    const struct assay_pool *d = &call->problem->as.pool;
    struct pool_sweep w =
        pool_sweep_begin(d, ASSAY_VF_LANES, call->threads, call->thread);
    for (; w.left > 0; pool_sweep_next(&w)) {
        const struct taps t = pool_sweep_taps(d, &w);
        place_vector(d, &t, (const float *)call->inputs[0] + t.first,
                     t.channels, (int32_t *)call->output + t.y);
    }
}
#endif

void KERNEL(const struct assay_cpu_call *call)
{
    switch ((enum assay_pool_kind)call->problem->as.pool.kind) {
    case ASSAY_POOL_AVERAGE:
        sweep(call, true);
        break;
    case ASSAY_POOL_MAX:
        sweep(call, false);
        break;
    case ASSAY_POOL_ARGMAX:
#ifndef ASSAY_HALF
        sweep_places(call);
#endif
        break;
    }
}
