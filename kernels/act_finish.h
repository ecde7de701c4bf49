/* SPDX-License-Identifier: Apache-2.0
 *
 * How a CPU kernel fuses an activation without holding code for each one: its
 * sums are clamped before they are stored, which does relu and relu6 and
 * leaves the others as they are, and what is more than a clamp follows on the
 * stored piece while it is in the cache.
 */
#ifndef ASSAY_KERNELS_ACT_FINISH_H
#define ASSAY_KERNELS_ACT_FINISH_H

#include <math.h>
#include <stdbool.h>

#include "kernels/act_vector.h"

static inline float assay_act_low(int64_t act)
{
    return act == ASSAY_ACT_RELU || act == ASSAY_ACT_RELU6 ? 0 : -INFINITY;
}

static inline float assay_act_high(int64_t act)
{
    return act == ASSAY_ACT_RELU6 ? 6 : INFINITY;
}

/* Whether an activation is more than those bounds. */
static inline bool assay_act_curved(int64_t act)
{
    return act != ASSAY_ACT_NONE && act != ASSAY_ACT_RELU &&
           act != ASSAY_ACT_RELU6;
}

ASSAY_INLINE void assay_act_finish_one(float *y, int64_t stride, int64_t m,
                                       int64_t n, enum assay_act act)
{
    for (int64_t i = 0; i < m; i++, y += stride) {
        for (int64_t j = 0; j < n; j += ASSAY_VF_LANES) {
            const int64_t left = n - j;
            const int64_t lanes = left < ASSAY_VF_LANES ? left : ASSAY_VF_LANES;
            const assay_vf v = assay_vf_load_part(y + j, lanes, 0);
            assay_vf_store_part(y + j, lanes, assay_vf_act(v, act));
        }
    }
}

/* The rest, on m rows of n floats, `stride` apart. */
static inline void assay_act_finish(float *y, int64_t stride, int64_t m,
                                    int64_t n, int64_t act)
{
    switch ((enum assay_act)act) {
    case ASSAY_ACT_GELU:
        assay_act_finish_one(y, stride, m, n, ASSAY_ACT_GELU);
        break;
    case ASSAY_ACT_SIGMOID:
        assay_act_finish_one(y, stride, m, n, ASSAY_ACT_SIGMOID);
        break;
    case ASSAY_ACT_GELU_TANH:
        assay_act_finish_one(y, stride, m, n, ASSAY_ACT_GELU_TANH);
        break;
    case ASSAY_ACT_TANH:
        assay_act_finish_one(y, stride, m, n, ASSAY_ACT_TANH);
        break;
    case ASSAY_ACT_HARDSWISH:
        assay_act_finish_one(y, stride, m, n, ASSAY_ACT_HARDSWISH);
        break;
    case ASSAY_ACT_NONE:
    case ASSAY_ACT_RELU:
    case ASSAY_ACT_RELU6:
    case ASSAY_ACTS:
        break;
    }
}

#endif
