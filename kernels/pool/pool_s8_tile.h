/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling of s8 for one ISA level: the including file defines KERNEL as its
 * symbol. Vectors run over channels: for a maximum as many bytes as a vector of
 * floats has, for an average four vectors of 32-bit sums; the taps of a window
 * are accumulated in registers. Fewer channels go through a copy. The mean is
 * divided in float, whose quotient is at most one off, which the remainder
 * tells. x and y do not overlap. Deviation: none.
 */
#include <string.h>

#include "kernels/byte_vector.h"
#include "kernels/pool/pool_sweep.h"

assay_cpu_function KERNEL;

#define BYTES (4 * ASSAY_VF_LANES)

typedef int8_t bytes __attribute__((vector_size(BYTES)));

struct rescale {
    int32_t count;
    float inverse;   /* 1 / count */
    float ratio;     /* ratio 2^-15 */
    float low, high; /* of y - y_zero */
    int32_t y_zero;
};

/* u / count for u >= 0 and quotients below 2^16, and what is left over. */
ASSAY_INLINE assay_vi divide(assay_vi u, const struct rescale *s,
                             assay_vi *rest)
{
    assay_vi q = __builtin_convertvector(
        __builtin_convertvector(u, assay_vf) * s->inverse, assay_vi);
    assay_vi r = u - q * s->count;
    const assay_vi below = r < 0; /* -1 where it holds */
    q += below;
    r += below & s->count;
    const assay_vi above = r >= s->count;
    *rest = r - (above & s->count);
    return q - above;
}

/* sums: of x - x_zero; lifted above 0 while they are divided. */
ASSAY_INLINE void store_average(assay_vi sums, const struct rescale *s,
                                int8_t *y)
{
    assay_vi rest, last;
    const assay_vi quotient = divide(sums + 256 * s->count, s, &rest);
    const assay_vi part = divide(rest << 15, s, &last);
    const assay_vi whole = ((quotient - 256) << 15) + part;
    assay_vf v = __builtin_convertvector(whole, assay_vf) * s->ratio;
    v = assay_vf_max(v, assay_vf_set(s->low));
    v = assay_vf_min(v, assay_vf_set(s->high));
    assay_vi_store_bytes(y, assay_vi_round(v) + s->y_zero);
}

/* BYTES channels. */
ASSAY_INLINE void average_block(const struct taps *t, const int8_t *from,
                                int32_t start, const struct rescale *s,
                                int8_t *y)
{
    const assay_vi zero = start - (assay_vi){0};
    assay_vi a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    for (int64_t r = 0; r < t->rows; r++) {
        const int8_t *x = from + r * t->row_step;
        for (int64_t k = 0; k < t->columns; k++, x += t->column_step) {
            a0 += assay_vi_load_bytes(x);
            a1 += assay_vi_load_bytes(x + ASSAY_VF_LANES);
            a2 += assay_vi_load_bytes(x + 2 * ASSAY_VF_LANES);
            a3 += assay_vi_load_bytes(x + 3 * ASSAY_VF_LANES);
        }
    }
    store_average(a0, s, y);
    store_average(a1, s, y + ASSAY_VF_LANES);
    store_average(a2, s, y + 2 * ASSAY_VF_LANES);
    store_average(a3, s, y + 3 * ASSAY_VF_LANES);
}

ASSAY_INLINE void max_block(const struct taps *t, const int8_t *from, int8_t *y)
{
    bytes m, v;
    memcpy(&m, from, sizeof m);
    for (int64_t r = 0; r < t->rows; r++) {
        const int8_t *x = from + r * t->row_step;
        for (int64_t k = 0; k < t->columns; k++, x += t->column_step) {
            memcpy(&v, x, sizeof v);
            const bytes mask = v > m;
            m = (v & mask) | (m & ~mask);
        }
    }
    memcpy(y, &m, sizeof m);
}

/* Fewer than BYTES channels, their taps gathered as lines of BYTES. */
static void part(const struct taps *t, const int8_t *from, int32_t start,
                 const struct rescale *s, int8_t *y, bool average)
{
    int8_t result[BYTES];
    int32_t sums[BYTES];
    for (int c = 0; c < BYTES; c++) {
        sums[c] = start;
        result[c] = -128;
    }
    for (int64_t r = 0; r < t->rows; r++) {
        const int8_t *x = from + r * t->row_step;
        for (int64_t k = 0; k < t->columns; k++, x += t->column_step)
            for (int64_t c = 0; c < t->channels; c++) {
                sums[c] += x[c];
                result[c] = x[c] > result[c] ? x[c] : result[c];
            }
    }
    for (int64_t c = 0; average && c < t->channels; c += ASSAY_VF_LANES) {
        assay_vi v;
        memcpy(&v, sums + c, sizeof v);
        store_average(v, s, result + c);
    }
    memcpy(y, result, (size_t)t->channels);
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_pool *d = &call->problem->as.pool;
    const bool average = d->kind == ASSAY_POOL_AVERAGE;
    struct rescale s = {.ratio = (float)(d->ratio * 0x1p-15),
                        .low = (float)(d->low - d->y_zero),
                        .high = (float)(d->high - d->y_zero),
                        .y_zero = (int32_t)d->y_zero};
    struct pool_sweep w =
        pool_sweep_begin(d, BYTES, call->threads, call->thread);
    for (; w.left > 0; pool_sweep_next(&w)) {
        const struct taps t = pool_sweep_taps(d, &w);
        const int8_t *x = (const int8_t *)call->inputs[0] + t.first;
        int8_t *y = (int8_t *)call->output + t.y;
        const int32_t start = (int32_t)(-d->x_zero * t.rows * t.columns);
        s.count = (int32_t)t.count;
        s.inverse = 1 / (float)t.count;
        if (t.channels < BYTES)
            part(&t, x, start, &s, y, average);
        else if (average)
            average_block(&t, x, start, &s, y);
        else
            max_block(&t, x, y);
    }
}
