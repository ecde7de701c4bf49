/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32, for one ISA level: the including file defines KERNEL as its
 * symbol. A row is read for its maximum, read again for the exponentials, which
 * are stored and summed in float, and scaled where it lies, in cache for rows
 * of some thousand columns; a row of one vector stays in a register. Tails are
 * partial vectors filled with -infinity, which adds nothing. Threads share the
 * rows. y may be x. Deviation: exp (act_vector.h), the order of the sum, and
 * one rounding of 1/sum. A NaN reaches the whole row through the sum.
 */
#include <math.h>

#include "kernels/act_vector.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

/* Lanes are folded in halves; the last four in scalars. */
ASSAY_INLINE float reduce_max(assay_vf v)
{
#if defined(__AVX512F__)
    return _mm512_reduce_max_ps((__m512)v);
#else
    float lanes[ASSAY_VF_LANES];
    assay_vf_store(lanes, v);
    for (int half = ASSAY_VF_LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
    return lanes[0];
#endif
}

ASSAY_INLINE float reduce_sum(assay_vf v)
{
#if defined(__AVX512F__)
    return _mm512_reduce_add_ps((__m512)v);
#else
    float lanes[ASSAY_VF_LANES];
    assay_vf_store(lanes, v);
    for (int half = ASSAY_VF_LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
#endif
}

static float row_max(const float *x, int64_t cols)
{
    const int64_t step = 4 * ASSAY_VF_LANES;
    assay_vf m0 = assay_vf_set(-INFINITY), m1 = m0, m2 = m0, m3 = m0;
    int64_t j = 0;
    for (; j + step <= cols; j += step) {
        m0 = assay_vf_max(m0, assay_vf_load(x + j));
        m1 = assay_vf_max(m1, assay_vf_load(x + j + ASSAY_VF_LANES));
        m2 = assay_vf_max(m2, assay_vf_load(x + j + 2 * ASSAY_VF_LANES));
        m3 = assay_vf_max(m3, assay_vf_load(x + j + 3 * ASSAY_VF_LANES));
    }
    for (; j + ASSAY_VF_LANES <= cols; j += ASSAY_VF_LANES)
        m0 = assay_vf_max(m0, assay_vf_load(x + j));
    if (j < cols)
        m1 = assay_vf_max(m1, assay_vf_load_part(x + j, cols - j, -INFINITY));
    return reduce_max(assay_vf_max(assay_vf_max(m0, m1), assay_vf_max(m2, m3)));
}

static float row_exp(const float *x, float *y, int64_t cols, float largest)
{
    const int64_t step = 2 * ASSAY_VF_LANES;
    assay_vf s0 = {0}, s1 = {0};
    int64_t j = 0;
    for (; j + step <= cols; j += step) {
        const assay_vf e0 = assay_vf_exp(assay_vf_load(x + j) - largest);
        const assay_vf e1 =
            assay_vf_exp(assay_vf_load(x + j + ASSAY_VF_LANES) - largest);
        assay_vf_store(y + j, e0);
        assay_vf_store(y + j + ASSAY_VF_LANES, e1);
        s0 += e0;
        s1 += e1;
    }
    for (; j < cols; j += ASSAY_VF_LANES) {
        const int64_t n = cols - j < ASSAY_VF_LANES ? cols - j : ASSAY_VF_LANES;
        const assay_vf e =
            assay_vf_exp(assay_vf_load_part(x + j, n, -INFINITY) - largest);
        assay_vf_store_part(y + j, n, e);
        s0 += e;
    }
    return reduce_sum(s0 + s1);
}

static void row_scale(float *y, int64_t cols, float scale)
{
    int64_t j = 0;
    for (; j + ASSAY_VF_LANES <= cols; j += ASSAY_VF_LANES)
        assay_vf_store(y + j, assay_vf_load(y + j) * scale);
    if (j < cols)
        assay_vf_store_part(y + j, cols - j,
                            assay_vf_load_part(y + j, cols - j, 0) * scale);
}

/* A row of at most ASSAY_VF_LANES columns. */
ASSAY_INLINE void row_short(const float *x, float *y, int64_t cols)
{
    const assay_vf v = assay_vf_load_part(x, cols, -INFINITY);
    const assay_vf e = assay_vf_exp(v - reduce_max(v));
    assay_vf_store_part(y, cols, e * (1.0f / reduce_sum(e)));
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_softmax *d = &call->problem->as.softmax;
    const struct assay_range span =
        assay_split(d->rows, call->threads, call->thread);
    const float *x = (const float *)call->inputs[0] + span.begin * d->cols;
    float *y = (float *)call->output + span.begin * d->cols;
    for (int64_t i = span.begin; i < span.end; i++) {
        if (d->cols <= ASSAY_VF_LANES) {
            row_short(x, y, d->cols);
        } else {
            const float sum = row_exp(x, y, d->cols, row_max(x, d->cols));
            row_scale(y, d->cols, 1.0f / sum);
        }
        x += d->cols;
        y += d->cols;
    }
}
