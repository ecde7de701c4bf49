/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization, the reference of f32 and f16: the including file
 * defines KERNEL as its symbol. In double, from scale and shift in f32.
 * Formula: batchnorm.h; packed constants: batchnorm_pack.h. Serial: thread 0
 * computes everything.
 */
#include "kernels/batchnorm/batchnorm_pack.h"
#include "kernels/element.h"

void KERNEL(const struct assay_cpu_call *call);

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_batchnorm *d = &call->problem->as.batchnorm;
    const enum assay_dtype type = call->problem->dtype;
    const float *scale = call->packed;
    const float *shift = scale + assay_batchnorm_stride(d->c);
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->rows; i++) {
        for (int64_t j = 0; j < d->c; j++) {
            const size_t at = (size_t)(i * d->c + j);
            const double x = assay_element(type, call->inputs[0], at);
            assay_element_set(
                type, call->output, at,
                assay_act_apply((enum assay_act)d->act,
                                x * (double)scale[j] + (double)shift[j]));
        }
    }
}
