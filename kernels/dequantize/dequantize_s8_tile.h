/* SPDX-License-Identifier: Apache-2.0
 *
 * s8 or s32 to f32 for one ISA level: the including file defines KERNEL as its
 * symbol. Stretches with one factor, or with a vector of factors along a row;
 * whole vectors, then one partial vector. Bound by memory. No alignment
 * needed. Threads take spans of whole cache lines. Equal to the reference: a
 * conversion and a multiplication, each rounded once.
 */
#include "kernels/byte_vector.h"
#include "kernels/quantize/scales.h"
#include "kernels/quantize/scales_walk.h"

assay_cpu_function KERNEL;

ASSAY_INLINE assay_vi load(const void *x, int64_t i, int64_t n, bool wide)
{
    assay_vi v;
    if (!wide)
        return n < ASSAY_VF_LANES
                   ? assay_vi_load_bytes_part((const int8_t *)x + i, n)
                   : assay_vi_load_bytes((const int8_t *)x + i);
    if (n < ASSAY_VF_LANES)
        return (assay_vi)assay_vf_load_part((const float *)x + i, n, 0);
    memcpy(&v, (const int32_t *)x + i, sizeof v);
    return v;
}

/* x[0 … n - 1], of int32 if `wide`. */
ASSAY_INLINE void sweep(const void *x, float *y, int64_t n, const float *scale,
                        const int32_t *zero, bool vary, bool wide)
{
    assay_vf vs = assay_vf_set(*scale);
    assay_vi vz = assay_vi_set(*zero);
    for (int64_t i = 0; i < n; i += ASSAY_VF_LANES) {
        const int64_t left = n - i;
        if (vary && left < ASSAY_VF_LANES) {
            vs = assay_vf_load_part(scale + i, left, 0);
            vz = (assay_vi)assay_vf_load_part(
                (const float *)(const void *)(zero + i), left, 0);
        } else if (vary) {
            vs = assay_vf_load(scale + i);
            memcpy(&vz, zero + i, sizeof vz);
        }
        const assay_vi v = load(x, i, left, wide) - vz;
        const assay_vf real = __builtin_convertvector(v, assay_vf) * vs;
        if (left < ASSAY_VF_LANES)
            assay_vf_store_part(y + i, left, real);
        else
            assay_vf_store(y + i, real);
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_dequantize *d = &call->problem->as.dequantize;
    const enum assay_scales scales = (enum assay_scales)d->scales;
    const int64_t count = assay_scales_count(scales, d->rows, d->cols);
    const bool vary = assay_scales_vary(scales);
    const bool wide = d->from == ASSAY_DEQUANTIZE_S32;
    const float *scale = call->packed;
    const int32_t *zero = (const int32_t *)(const void *)(scale + count);
    for (struct assay_scales_walk at =
             assay_scales_begin(scales, d->rows, d->cols, call);
         at.at < at.end; assay_scales_next(&at)) {
        const void *x = (const char *)call->inputs[0] + at.at * (wide ? 4 : 1);
        float *y = (float *)call->output + at.at;
        const float *s = scale + at.factor;
        const int32_t *z = zero + at.factor;
        if (vary && wide)
            sweep(x, y, at.count, s, z, true, true);
        else if (vary)
            sweep(x, y, at.count, s, z, true, false);
        else if (wide)
            sweep(x, y, at.count, s, z, false, true);
        else
            sweep(x, y, at.count, s, z, false, false);
    }
}
