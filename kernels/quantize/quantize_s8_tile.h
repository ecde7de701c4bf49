/* SPDX-License-Identifier: Apache-2.0
 *
 * f32 to s8 for one ISA level: the including file defines KERNEL as its
 * symbol. Stretches with one factor, or with a vector of factors along a row;
 * whole vectors, then one partial vector. Bound by memory. No alignment
 * needed. Threads take spans of whole cache lines. Equal to the reference: the
 * bounds behind the multiplication keep it from being contracted.
 */
#include "kernels/byte_vector.h"
#include "kernels/quantize/scales.h"
#include "kernels/quantize/scales_walk.h"

assay_cpu_function KERNEL;

struct bounds {
    assay_vi low, high;
};

ASSAY_INLINE assay_vi quantize(assay_vf x, assay_vf inv, assay_vi zero,
                               struct bounds bounds)
{
    const assay_vf most = assay_vf_set(512.0f);
    const assay_vf v = assay_vf_min(assay_vf_max(x * inv, -most), most);
    return assay_vi_clamp(assay_vi_round(v) + zero, bounds.low, bounds.high);
}

ASSAY_INLINE void sweep(const float *x, int8_t *y, int64_t n, const float *inv,
                        const int32_t *zero, bool vary, struct bounds bounds)
{
    assay_vf vi = assay_vf_set(*inv);
    assay_vi vz = assay_vi_set(*zero);
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES) {
        if (vary) {
            vi = assay_vf_load(inv + i);
            memcpy(&vz, zero + i, sizeof vz);
        }
        assay_vi_store_bytes(y + i,
                             quantize(assay_vf_load(x + i), vi, vz, bounds));
    }
    if (i < n) {
        if (vary) {
            vi = assay_vf_load_part(inv + i, n - i, 0);
            vz = (assay_vi)assay_vf_load_part(
                (const float *)(const void *)(zero + i), n - i, 0);
        }
        assay_vi_store_bytes_part(
            y + i, n - i,
            quantize(assay_vf_load_part(x + i, n - i, 0), vi, vz, bounds));
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_quantize *d = &call->problem->as.quantize;
    const enum assay_scales scales = (enum assay_scales)d->scales;
    const int64_t count = assay_scales_count(scales, d->rows, d->cols);
    const float *x = call->inputs[0], *inv = call->packed;
    const int32_t *zero = (const int32_t *)(const void *)(inv + count);
    int8_t *y = call->output;
    const struct bounds bounds = {assay_vi_set((int32_t)d->low),
                                  assay_vi_set((int32_t)d->high)};
    for (struct assay_scales_walk at =
             assay_scales_begin(scales, d->rows, d->cols, call);
         at.at < at.end; assay_scales_next(&at)) {
        if (assay_scales_vary(scales))
            sweep(x + at.at, y + at.at, at.count, inv + at.factor,
                  zero + at.factor, true, bounds);
        else
            sweep(x + at.at, y + at.at, at.count, inv + at.factor,
                  zero + at.factor, false, bounds);
    }
}
