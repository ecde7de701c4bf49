/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise sum with activation, f32, for one ISA level: the including file
 * defines KERNEL as its symbol. One loop an activation, so that no branch is
 * inside; whole vectors, then one partial vector. Bound by memory. No
 * alignment needed; y may be a or b. Threads take spans of whole cache lines.
 * Deviation: that of the activation, see act_vector.h; the sum is exact.
 */
#include "kernels/act_vector.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

ASSAY_INLINE void sweep(const float *a, const float *b, float *y, int64_t n,
                        enum assay_act act)
{
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES)
        assay_vf_store(
            y + i,
            assay_vf_act(assay_vf_load(a + i) + assay_vf_load(b + i), act));
    if (i < n)
        assay_vf_store_part(
            y + i, n - i,
            assay_vf_act(assay_vf_load_part(a + i, n - i, 0) +
                             assay_vf_load_part(b + i, n - i, 0),
                         act));
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_add *d = &call->problem->as.add;
    const struct assay_range span =
        assay_split_units(d->n, 256, call->threads, call->thread);
    const float *a = (const float *)call->inputs[0] + span.begin;
    const float *b = (const float *)call->inputs[1] + span.begin;
    float *y = (float *)call->output + span.begin;
    const int64_t n = span.end - span.begin;
    switch ((enum assay_act)d->act) {
    case ASSAY_ACT_NONE:
        sweep(a, b, y, n, ASSAY_ACT_NONE);
        break;
    case ASSAY_ACT_RELU:
        sweep(a, b, y, n, ASSAY_ACT_RELU);
        break;
    case ASSAY_ACT_RELU6:
        sweep(a, b, y, n, ASSAY_ACT_RELU6);
        break;
    case ASSAY_ACT_GELU:
        sweep(a, b, y, n, ASSAY_ACT_GELU);
        break;
    case ASSAY_ACT_SIGMOID:
        sweep(a, b, y, n, ASSAY_ACT_SIGMOID);
        break;
    case ASSAY_ACT_GELU_TANH:
        sweep(a, b, y, n, ASSAY_ACT_GELU_TANH);
        break;
    case ASSAY_ACT_TANH:
        sweep(a, b, y, n, ASSAY_ACT_TANH);
        break;
    case ASSAY_ACT_HARDSWISH:
        sweep(a, b, y, n, ASSAY_ACT_HARDSWISH);
        break;
    case ASSAY_ACTS:
        break;
    }
}
