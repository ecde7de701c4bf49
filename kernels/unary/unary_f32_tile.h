/* SPDX-License-Identifier: Apache-2.0
 *
 * Activation, f32, for one ISA level: the including file defines KERNEL as its
 * symbol. One loop an activation, so that no branch is inside; whole vectors,
 * then one partial vector. Bound by memory for the clamps, by the 14 FMAs of
 * gelu otherwise. No alignment needed; y may be x. Threads take spans of whole
 * cache lines. Deviation: see act_vector.h.
 */
#include "kernels/act_vector.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

ASSAY_INLINE void sweep(const float *x, float *y, int64_t n, enum assay_act act)
{
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES)
        assay_vf_store(y + i, assay_vf_act(assay_vf_load(x + i), act));
    if (i < n)
        assay_vf_store_part(
            y + i, n - i,
            assay_vf_act(assay_vf_load_part(x + i, n - i, 0), act));
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_unary *d = &call->problem->as.unary;
    const struct assay_range span =
        assay_split_units(d->n, 256, call->threads, call->thread);
    const float *x = (const float *)call->inputs[0] + span.begin;
    float *y = (float *)call->output + span.begin;
    const int64_t n = span.end - span.begin;
    switch ((enum assay_act)d->act) {
    case ASSAY_ACT_RELU:
        sweep(x, y, n, ASSAY_ACT_RELU);
        break;
    case ASSAY_ACT_RELU6:
        sweep(x, y, n, ASSAY_ACT_RELU6);
        break;
    case ASSAY_ACT_GELU:
        sweep(x, y, n, ASSAY_ACT_GELU);
        break;
    case ASSAY_ACT_SIGMOID:
        sweep(x, y, n, ASSAY_ACT_SIGMOID);
        break;
    case ASSAY_ACT_GELU_TANH:
        sweep(x, y, n, ASSAY_ACT_GELU_TANH);
        break;
    case ASSAY_ACT_TANH:
        sweep(x, y, n, ASSAY_ACT_TANH);
        break;
    case ASSAY_ACT_HARDSWISH:
        sweep(x, y, n, ASSAY_ACT_HARDSWISH);
        break;
    case ASSAY_ACT_NONE:
    case ASSAY_ACTS:
        break;
    }
}
