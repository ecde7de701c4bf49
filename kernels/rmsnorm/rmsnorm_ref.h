/* SPDX-License-Identifier: Apache-2.0
 *
 * Root-mean-square normalization, the reference of f32 and f16: the including
 * file defines KERNEL as its symbol. Sums in double. Formula: rmsnorm.h; packed
 * gamma: layernorm_pack.h. Serial: thread 0 computes everything.
 */
#include <math.h>

#include "kernels/element.h"

void KERNEL(const struct assay_cpu_call *call);

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_rmsnorm *d = &call->problem->as.rmsnorm;
    const enum assay_dtype type = call->problem->dtype;
    const float *gamma = call->packed;
    const size_t cols = (size_t)d->cols;
    if (call->thread != 0)
        return;
    for (size_t i = 0; i < (size_t)d->rows * cols; i += cols) {
        double sum = 0;
        for (size_t j = 0; j < cols; j++) {
            const double x = assay_element(type, call->inputs[0], i + j);
            sum += x * x;
        }
        const double scale = 1 / sqrt(sum / (double)cols + d->eps);
        for (size_t j = 0; j < cols; j++)
            assay_element_set(type, call->output, i + j,
                              assay_element(type, call->inputs[0], i + j) *
                                  scale * (double)gamma[j]);
    }
}
