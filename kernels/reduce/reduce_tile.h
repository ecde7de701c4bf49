/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction, f32 or f16 (real_vector.h), for one ISA level: the including file
 * defines KERNEL as its symbol. With inner = 1 a result is a row, reduced in
 * four vectors side by side whose lanes are folded at the end; otherwise lanes
 * are results, up to four vectors of them, and the n elements of each follow
 * one another in memory at the distance of inner. A partial vector begins with
 * lanes of what changes nothing. Threads share the results. Deviation from the
 * reference: sums in float, in another order.
 */
#include <math.h>

#include "kernels/fold_vector.h"
#include "kernels/kernel.h"
#include "kernels/real_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

enum { LANES = ASSAY_VF_LANES, STEP = 4 * LANES };

ASSAY_INLINE float neutral(enum assay_reduce_kind kind)
{
    return kind == ASSAY_REDUCE_MAX   ? -INFINITY
           : kind == ASSAY_REDUCE_MIN ? INFINITY
                                      : 0;
}

/* b is an element. */
ASSAY_INLINE assay_vf combine(assay_vf a, assay_vf b,
                              enum assay_reduce_kind kind)
{
    switch (kind) {
    case ASSAY_REDUCE_MAX:
        return assay_vf_max(b, a);
    case ASSAY_REDUCE_MIN:
        return assay_vf_min(b, a);
    case ASSAY_REDUCE_SUMSQ:
        return a + b * b;
    default:
        return a + b;
    }
}

/* a and b are partial results. */
ASSAY_INLINE assay_vf join(assay_vf a, assay_vf b, enum assay_reduce_kind kind)
{
    return combine(a, b, kind == ASSAY_REDUCE_SUMSQ ? ASSAY_REDUCE_SUM : kind);
}

ASSAY_INLINE float fold(assay_vf v, enum assay_reduce_kind kind)
{
    switch (kind) {
    case ASSAY_REDUCE_MAX:
        return assay_vf_fold_max(v);
    case ASSAY_REDUCE_MIN:
        return -assay_vf_fold_max(-v);
    default:
        return assay_vf_fold_sum(v);
    }
}

ASSAY_INLINE void row(const assay_real *x, assay_real *y, int64_t n,
                      float scale, enum assay_reduce_kind kind)
{
    assay_vf s[4];
    int64_t k = 0;
    for (int v = 0; v < 4; v++)
        s[v] = assay_vf_set(neutral(kind));
    for (; k + STEP <= n; k += STEP)
        for (int v = 0; v < 4; v++)
            s[v] = combine(s[v], assay_real_load(x + k + v * LANES), kind);
    for (; k + LANES <= n; k += LANES)
        s[0] = combine(s[0], assay_real_load(x + k), kind);
    if (k < n)
        s[1] = combine(s[1], assay_real_load_part(x + k, n - k, neutral(kind)),
                       kind);
    const float sum =
        fold(join(join(s[0], s[1], kind), join(s[2], s[3], kind), kind), kind);
    assay_real_store_part(y, 1, assay_vf_set(sum * scale));
}

/* `vectors` whole vectors of results, 1 to 4. */
ASSAY_INLINE void columns(const assay_real *x, assay_real *y, int64_t n,
                          int64_t inner, float scale, int vectors,
                          enum assay_reduce_kind kind)
{
    assay_vf s[4];
    for (int v = 0; v < vectors; v++)
        s[v] = assay_vf_set(neutral(kind));
    for (int64_t k = 0; k < n; k++, x += inner)
        for (int v = 0; v < vectors; v++)
            s[v] = combine(s[v], assay_real_load(x + v * LANES), kind);
    for (int v = 0; v < vectors; v++)
        assay_real_store(y + v * LANES, s[v] * scale);
}

ASSAY_INLINE void few(const assay_real *x, assay_real *y, int64_t n,
                      int64_t inner, float scale, int64_t lanes,
                      enum assay_reduce_kind kind)
{
    assay_vf s = assay_vf_set(neutral(kind));
    for (int64_t k = 0; k < n; k++, x += inner)
        s = combine(s, assay_real_load_part(x, lanes, 0), kind);
    assay_real_store_part(y, lanes, s * scale);
}

ASSAY_INLINE void sweep(const struct assay_cpu_call *call, float scale,
                        enum assay_reduce_kind kind)
{
    const struct assay_reduce *d = &call->problem->as.reduce;
    const int64_t blocks = (d->inner + STEP - 1) / STEP;
    const struct assay_range span =
        assay_split(d->outer * blocks, call->threads, call->thread);
    for (int64_t b = span.begin; b < span.end; b++) {
        const int64_t o = b / blocks, i = b % blocks * STEP;
        const assay_real *x =
            (const assay_real *)call->inputs[0] + o * d->n * d->inner + i;
        assay_real *y = (assay_real *)call->output + o * d->inner + i;
        int64_t left = d->inner - i;
        if (d->inner == 1) {
            row(x, y, d->n, scale, kind);
            continue;
        }
        if (left >= STEP) {
            columns(x, y, d->n, d->inner, scale, 4, kind);
            continue;
        }
        for (; left >= LANES; left -= LANES, x += LANES, y += LANES)
            columns(x, y, d->n, d->inner, scale, 1, kind);
        if (left > 0)
            few(x, y, d->n, d->inner, scale, left, kind);
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_reduce *d = &call->problem->as.reduce;
    switch ((enum assay_reduce_kind)d->kind) {
    case ASSAY_REDUCE_MEAN:
        sweep(call, 1.0f / (float)d->n, ASSAY_REDUCE_SUM);
        break;
    case ASSAY_REDUCE_SUM:
        sweep(call, 1, ASSAY_REDUCE_SUM);
        break;
    case ASSAY_REDUCE_MAX:
        sweep(call, 1, ASSAY_REDUCE_MAX);
        break;
    case ASSAY_REDUCE_MIN:
        sweep(call, 1, ASSAY_REDUCE_MIN);
        break;
    case ASSAY_REDUCE_SUMSQ:
        sweep(call, 1, ASSAY_REDUCE_SUMSQ);
        break;
    case ASSAY_REDUCE_KINDS:
        break;
    }
}
