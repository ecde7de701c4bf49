/* SPDX-License-Identifier: Apache-2.0
 *
 * s8 or s32 to f32, the reference: the two roundings of dequantize.h. Serial:
 * thread 0 computes everything. Row: dequantize.def; test: test_kernels.c.
 */
#include "kernels/element.h"
#include "kernels/quantize/scales.h"

void assay_dequantize_s8_ref(const struct assay_cpu_call *call);

void assay_dequantize_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_dequantize *d = &call->problem->as.dequantize;
    const enum assay_scales scales = (enum assay_scales)d->scales;
    const int64_t count = assay_scales_count(scales, d->rows, d->cols);
    const enum assay_dtype from = assay_problem_type(call->problem, 0);
    const float *scale = call->packed;
    const int32_t *zero = (const int32_t *)(const void *)(scale + count);
    float *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->rows * d->cols; i++) {
        const int64_t s = scales == ASSAY_SCALES_TENSOR ? 0
                          : scales == ASSAY_SCALES_ROW  ? i / d->cols
                                                        : i % d->cols;
        const int32_t x =
            (int32_t)assay_element(from, call->inputs[0], (size_t)i);
        const int32_t difference = (int32_t)((uint32_t)x - (uint32_t)zero[s]);
        y[i] = (float)difference * scale[s];
    }
}
