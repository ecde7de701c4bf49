/* SPDX-License-Identifier: Apache-2.0
 *
 * f32 to s8, the reference: the one f32 multiplication of quantize.h, the rest
 * in integers. Serial: thread 0 computes everything. Row: quantize.def; test:
 * test_kernels.c.
 */
#include <math.h>

#include "kernels/quantize/scales.h"

void assay_quantize_s8_ref(const struct assay_cpu_call *call);

void assay_quantize_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_quantize *d = &call->problem->as.quantize;
    const enum assay_scales scales = (enum assay_scales)d->scales;
    const int64_t count = assay_scales_count(scales, d->rows, d->cols);
    const float *inv = call->packed, *x = call->inputs[0];
    const int32_t *zero = (const int32_t *)(const void *)(inv + count);
    int8_t *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->rows * d->cols; i++) {
        const int64_t s = scales == ASSAY_SCALES_TENSOR ? 0
                          : scales == ASSAY_SCALES_ROW  ? i / d->cols
                                                        : i % d->cols;
        const float real = rintf(x[i] * inv[s]);
        int64_t v = real >= 1000 ? 1000 : real >= -1000 ? (int64_t)real : -1000;
        v += zero[s];
        y[i] = (int8_t)(v < d->low ? d->low : v > d->high ? d->high : v);
    }
}
