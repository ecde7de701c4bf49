/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization, f32 or f16 (real_vector.h), for one ISA level: the
 * including file defines KERNEL as its symbol, and NORM_RMS for rmsnorm, which
 * has no mean and no beta. A row is read for its mean, read again for the
 * squares of the differences, and once more to be scaled: in cache for rows of
 * some thousand columns, so that memory is read once. Four sums run side by
 * side, so that none waits for the one before. Tails are partial vectors whose
 * rest adds nothing. Threads share the rows. y may be x. Deviation from the
 * reference: sums in float, in another order; one rounding of 1/deviation.
 */
#include <math.h>

#include "kernels/fold_vector.h"
#include "kernels/layernorm/layernorm_pack.h"
#include "kernels/real_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

enum { LANES = ASSAY_VF_LANES, STEP = 4 * LANES };

#ifndef NORM_RMS
static float row_sum(const assay_real *x, int64_t cols)
{
    assay_vf s0 = {0}, s1 = s0, s2 = s0, s3 = s0;
    int64_t j = 0;
    for (; j + STEP <= cols; j += STEP) {
        s0 += assay_real_load(x + j);
        s1 += assay_real_load(x + j + LANES);
        s2 += assay_real_load(x + j + 2 * LANES);
        s3 += assay_real_load(x + j + 3 * LANES);
    }
    for (; j + LANES <= cols; j += LANES)
        s0 += assay_real_load(x + j);
    if (j < cols)
        s1 += assay_real_load_part(x + j, cols - j, 0);
    return assay_vf_fold_sum((s0 + s1) + (s2 + s3));
}
#endif

/* The sum of the squares of x - mean. */
ASSAY_INLINE float row_squares(const assay_real *x, int64_t cols, float mean)
{
    assay_vf s0 = {0}, s1 = s0, s2 = s0, s3 = s0;
    int64_t j = 0;
    for (; j + STEP <= cols; j += STEP) {
        const assay_vf d0 = assay_real_load(x + j) - mean;
        const assay_vf d1 = assay_real_load(x + j + LANES) - mean;
        const assay_vf d2 = assay_real_load(x + j + 2 * LANES) - mean;
        const assay_vf d3 = assay_real_load(x + j + 3 * LANES) - mean;
        s0 += d0 * d0;
        s1 += d1 * d1;
        s2 += d2 * d2;
        s3 += d3 * d3;
    }
    for (; j + LANES <= cols; j += LANES) {
        const assay_vf d0 = assay_real_load(x + j) - mean;
        s0 += d0 * d0;
    }
    if (j < cols) {
        const assay_vf d1 = assay_real_load_part(x + j, cols - j, mean) - mean;
        s1 += d1 * d1;
    }
    return assay_vf_fold_sum((s0 + s1) + (s2 + s3));
}

/* beta, where there is one, lies `stride` behind gamma. */
ASSAY_INLINE assay_vf scaled(assay_vf x, float mean, float scale,
                             const float *gamma, int64_t stride)
{
    const assay_vf v = (x - mean) * (assay_vf_load(gamma) * scale);
#ifdef NORM_RMS
    (void)stride;
    return v;
#else
    return v + assay_vf_load(gamma + stride);
#endif
}

static void row_apply(const assay_real *x, assay_real *y, int64_t cols,
                      float mean, float scale, const float *gamma)
{
    const int64_t stride = assay_layernorm_stride(cols);
    int64_t j = 0;
    for (; j + LANES <= cols; j += LANES)
        assay_real_store(y + j, scaled(assay_real_load(x + j), mean, scale,
                                       gamma + j, stride));
    if (j < cols)
        assay_real_store_part(y + j, cols - j,
                              scaled(assay_real_load_part(x + j, cols - j, 0),
                                     mean, scale, gamma + j, stride));
}

void KERNEL(const struct assay_cpu_call *call)
{
#ifdef NORM_RMS
    const struct assay_rmsnorm *d = &call->problem->as.rmsnorm;
#else
    const struct assay_layernorm *d = &call->problem->as.layernorm;
#endif
    const struct assay_range span =
        assay_split(d->rows, call->threads, call->thread);
    const float n = (float)d->cols, eps = (float)d->eps;
    const assay_real *x =
        (const assay_real *)call->inputs[0] + span.begin * d->cols;
    assay_real *y = (assay_real *)call->output + span.begin * d->cols;
    for (int64_t i = span.begin; i < span.end; i++) {
#ifdef NORM_RMS
        const float mean = 0;
#else
        const float mean = row_sum(x, d->cols) / n;
#endif
        const float var = row_squares(x, d->cols, mean) / n;
        row_apply(x, y, d->cols, mean, 1 / sqrtf(var + eps), call->packed);
        x += d->cols;
        y += d->cols;
    }
}
