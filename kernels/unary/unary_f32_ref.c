/* SPDX-License-Identifier: Apache-2.0
 *
 * Activation, f32, the reference: in double. Formula: unary.h and act.h.
 * Serial: thread 0 computes everything. Row: unary.def; test: test_kernels.c.
 */
#include "kernels/kernel.h"

void assay_unary_f32_ref(const struct assay_cpu_call *call);

void assay_unary_f32_ref(const struct assay_cpu_call *call)
{
    const struct assay_unary *d = &call->problem->as.unary;
    const float *x = call->inputs[0];
    float *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->n; i++)
        y[i] = (float)assay_act_apply((enum assay_act)d->act, (double)x[i]);
}
