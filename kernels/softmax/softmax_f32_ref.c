/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32, the reference: exponentials and their sum in double, in three
 * passes a row. Formula: softmax.h. Serial: thread 0 computes everything. Row:
 * softmax.def; test: test_kernels.c.
 */
#include <math.h>

#include "kernels/kernel.h"

void assay_softmax_f32_ref(const struct assay_cpu_call *call);

void assay_softmax_f32_ref(const struct assay_cpu_call *call)
{
    const struct assay_softmax *d = &call->problem->as.softmax;
    const float *x = call->inputs[0];
    float *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->rows; i++, x += d->cols, y += d->cols) {
        double largest = (double)x[0], sum = 0;
        for (int64_t j = 1; j < d->cols; j++)
            if ((double)x[j] > largest)
                largest = (double)x[j];
        /* A NaN may escape the comparison above, but not this sum. */
        for (int64_t j = 0; j < d->cols; j++)
            sum += exp((double)x[j] - largest);
        for (int64_t j = 0; j < d->cols; j++)
            y[j] = (float)(exp((double)x[j] - largest) / sum);
    }
}
