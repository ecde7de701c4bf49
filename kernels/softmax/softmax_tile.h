/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32 or f16 (real_vector.h), for one ISA level: the including file
 * defines KERNEL as its symbol. A row is read for its maximum, read again for
 * the exponentials, which are stored in float and summed, and scaled, in cache
 * for rows of some thousand columns; a row of one vector stays in a register.
 * The exponentials lie in y, or for f16 in a row of scratch. Tails are partial
 * vectors filled with -infinity, which adds nothing. Threads share the
 * rows. y may be x. Deviation: exp (act_vector.h), the order of the sum, and
 * one rounding of 1/sum. A NaN reaches the whole row through the sum.
 */
#include <math.h>

#include "kernels/fold_vector.h"
#include "kernels/kernel.h"
#include "kernels/real_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

static float row_max(const assay_real *x, int64_t cols)
{
    const int64_t step = 4 * ASSAY_VF_LANES;
    assay_vf m0 = assay_vf_set(-INFINITY), m1 = m0, m2 = m0, m3 = m0;
    int64_t j = 0;
    for (; j + step <= cols; j += step) {
        m0 = assay_vf_max(m0, assay_real_load(x + j));
        m1 = assay_vf_max(m1, assay_real_load(x + j + ASSAY_VF_LANES));
        m2 = assay_vf_max(m2, assay_real_load(x + j + 2 * ASSAY_VF_LANES));
        m3 = assay_vf_max(m3, assay_real_load(x + j + 3 * ASSAY_VF_LANES));
    }
    for (; j + ASSAY_VF_LANES <= cols; j += ASSAY_VF_LANES)
        m0 = assay_vf_max(m0, assay_real_load(x + j));
    if (j < cols)
        m1 = assay_vf_max(m1, assay_real_load_part(x + j, cols - j, -INFINITY));
    return assay_vf_fold_max(
        assay_vf_max(assay_vf_max(m0, m1), assay_vf_max(m2, m3)));
}

static float row_exp(const assay_real *x, float *e, int64_t cols, float largest)
{
    const int64_t step = 2 * ASSAY_VF_LANES;
    assay_vf s0 = {0}, s1 = {0};
    int64_t j = 0;
    for (; j + step <= cols; j += step) {
        const assay_vf e0 = assay_vf_exp(assay_real_load(x + j) - largest);
        const assay_vf e1 =
            assay_vf_exp(assay_real_load(x + j + ASSAY_VF_LANES) - largest);
        assay_vf_store(e + j, e0);
        assay_vf_store(e + j + ASSAY_VF_LANES, e1);
        s0 += e0;
        s1 += e1;
    }
    for (; j < cols; j += ASSAY_VF_LANES) {
        const int64_t n = cols - j < ASSAY_VF_LANES ? cols - j : ASSAY_VF_LANES;
        const assay_vf v =
            assay_vf_exp(assay_real_load_part(x + j, n, -INFINITY) - largest);
        assay_vf_store_part(e + j, n, v);
        s0 += v;
    }
    return assay_vf_fold_sum(s0 + s1);
}

static void row_scale(const float *e, assay_real *y, int64_t cols, float scale)
{
    int64_t j = 0;
    for (; j + ASSAY_VF_LANES <= cols; j += ASSAY_VF_LANES)
        assay_real_store(y + j, assay_vf_load(e + j) * scale);
    if (j < cols)
        assay_real_store_part(y + j, cols - j,
                              assay_vf_load_part(e + j, cols - j, 0) * scale);
}

/* A row of at most ASSAY_VF_LANES columns. */
ASSAY_INLINE void row_short(const assay_real *x, assay_real *y, int64_t cols)
{
    const assay_vf v = assay_real_load_part(x, cols, -INFINITY);
    const assay_vf e = assay_vf_exp(v - assay_vf_fold_max(v));
    assay_real_store_part(y, cols, e * (1.0f / assay_vf_fold_sum(e)));
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_softmax *d = &call->problem->as.softmax;
    const struct assay_range span =
        assay_split(d->rows, call->threads, call->thread);
    const assay_real *x =
        (const assay_real *)call->inputs[0] + span.begin * d->cols;
    assay_real *y = (assay_real *)call->output + span.begin * d->cols;
    for (int64_t i = span.begin; i < span.end; i++) {
#ifdef ASSAY_HALF
        float *e = call->scratch;
#else
        float *e = y;
#endif
        if (d->cols <= ASSAY_VF_LANES) {
            row_short(x, y, d->cols);
        } else {
            const float sum = row_exp(x, e, d->cols, row_max(x, d->cols));
            row_scale(e, y, d->cols, 1.0f / sum);
        }
        x += d->cols;
        y += d->cols;
    }
}
