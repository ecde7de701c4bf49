/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization, the reference of f32 and f16: the including file
 * defines KERNEL as its symbol. Two passes for mean and variance, in double.
 * Formula: layernorm.h; packed constants: layernorm_pack.h. Serial: thread 0
 * computes everything.
 */
#include <math.h>

#include "kernels/element.h"
#include "kernels/layernorm/layernorm_pack.h"

void KERNEL(const struct assay_cpu_call *call);

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_layernorm *d = &call->problem->as.layernorm;
    const enum assay_dtype type = call->problem->dtype;
    const float *gamma = call->packed;
    const float *beta = gamma + assay_layernorm_stride(d->cols);
    const size_t cols = (size_t)d->cols;
    if (call->thread != 0)
        return;
    for (size_t i = 0; i < (size_t)d->rows * cols; i += cols) {
        double mean = 0, var = 0;
        for (size_t j = 0; j < cols; j++)
            mean += assay_element(type, call->inputs[0], i + j);
        mean /= (double)cols;
        for (size_t j = 0; j < cols; j++) {
            const double x = assay_element(type, call->inputs[0], i + j) - mean;
            var += x * x;
        }
        const double scale = 1 / sqrt(var / (double)cols + d->eps);
        for (size_t j = 0; j < cols; j++) {
            const double x = assay_element(type, call->inputs[0], i + j) - mean;
            assay_element_set(type, call->output, i + j,
                              x * scale * (double)gamma[j] + (double)beta[j]);
        }
    }
}
