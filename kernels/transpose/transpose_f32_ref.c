/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition, f32, the reference: one element at a time. Formula and
 * layouts: transpose.h. Serial: thread 0 does everything. Row: transpose.def;
 * test: test_kernels.c.
 */
#include "kernels/kernel.h"

void assay_transpose_f32_ref(const struct assay_cpu_call *call);

void assay_transpose_f32_ref(const struct assay_cpu_call *call)
{
    const struct assay_transpose *d = &call->problem->as.transpose;
    const float *x = call->inputs[0];
    float *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t b = 0; b < d->batch; b++)
        for (int64_t i = 0; i < d->rows; i++)
            for (int64_t j = 0; j < d->cols; j++)
                y[(b * d->cols + j) * d->rows + i] = *x++;
}
