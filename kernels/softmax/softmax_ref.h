/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, the reference of f32 and f16: the including file defines KERNEL as
 * its symbol. Exponentials and their sum in double, in three passes a row.
 * Formula: softmax.h. Serial: thread 0 computes everything.
 */
#include <math.h>

#include "kernels/element.h"

void KERNEL(const struct assay_cpu_call *call);

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_softmax *d = &call->problem->as.softmax;
    const enum assay_dtype type = call->problem->dtype;
    const void *x = call->inputs[0];
    const size_t cols = (size_t)d->cols;
    if (call->thread != 0)
        return;
    for (size_t i = 0; i < (size_t)d->rows * cols; i += cols) {
        double largest = assay_element(type, x, i), sum = 0;
        for (size_t j = 1; j < cols; j++)
            if (assay_element(type, x, i + j) > largest)
                largest = assay_element(type, x, i + j);
        /* A NaN may escape the comparison above, but not this sum. */
        for (size_t j = 0; j < cols; j++)
            sum += exp(assay_element(type, x, i + j) - largest);
        for (size_t j = 0; j < cols; j++)
            assay_element_set(type, call->output, i + j,
                              exp(assay_element(type, x, i + j) - largest) /
                                  sum);
    }
}
