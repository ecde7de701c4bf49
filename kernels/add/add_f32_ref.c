/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise sum, f32, the reference: sum and activation in double. Formula:
 * add.h. Serial: thread 0 computes everything. Row: add.def; test:
 * test_kernels.c.
 */
#include "kernels/kernel.h"

void assay_add_f32_ref(const struct assay_cpu_call *call);

void assay_add_f32_ref(const struct assay_cpu_call *call)
{
    const struct assay_add *d = &call->problem->as.add;
    const float *a = call->inputs[0], *b = call->inputs[1];
    float *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->n; i++)
        y[i] = (float)assay_act_apply((enum assay_act)d->act,
                                      (double)a[i] + (double)b[i]);
}
