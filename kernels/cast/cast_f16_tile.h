/* SPDX-License-Identifier: Apache-2.0
 *
 * Between f32 and f16 for one ISA level: the including file defines KERNEL as
 * its symbol. Whole vectors, then one partial vector (half_vector.h). Bound by
 * memory. No alignment needed. Threads take spans of whole cache lines. Equal
 * to the reference.
 */
#include "kernels/half_vector.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

static void to_f16(const float *x, uint16_t *y, int64_t n)
{
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES)
        assay_vf_store_half(y + i, assay_vf_load(x + i));
    if (i < n)
        assay_vf_store_half_part(y + i, n - i,
                                 assay_vf_load_part(x + i, n - i, 0));
}

static void to_f32(const uint16_t *x, float *y, int64_t n)
{
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES)
        assay_vf_store(y + i, assay_vf_load_half(x + i));
    if (i < n)
        assay_vf_store_part(y + i, n - i,
                            assay_vf_load_half_part(x + i, n - i, 0));
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_cast *d = &call->problem->as.cast;
    const struct assay_range span =
        assay_split_units(d->n, 256, call->threads, call->thread);
    const int64_t n = span.end - span.begin;
    if (d->to == ASSAY_CAST_TO_F16)
        to_f16((const float *)call->inputs[0] + span.begin,
               (uint16_t *)call->output + span.begin, n);
    else
        to_f32((const uint16_t *)call->inputs[0] + span.begin,
               (float *)call->output + span.begin, n);
}
