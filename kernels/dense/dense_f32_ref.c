/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, the reference: plain loops, products and sums in double.
 * Formula and layouts: dense.h. Reads panels of width 1 (dense_pack.h).
 * Serial: thread 0 computes everything. Row: dense.def; test: test_kernels.c.
 */
#include "kernels/dense/dense_pack.h"
#include "kernels/kernel.h"

void assay_dense_f32_ref(const struct assay_cpu_call *call);

void assay_dense_f32_ref(const struct assay_cpu_call *call)
{
    const struct assay_dense *d = &call->problem->as.dense;
    const float *x = call->inputs[0];
    float *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->m; i++) {
        for (int64_t j = 0; j < d->n; j++) {
            const float *panel = (const float *)call->packed +
                                 (size_t)j * assay_dense_panel_floats(d->k, 1);
            double sum = panel[0];
            for (int64_t k = 0; k < d->k; k++)
                sum += (double)x[i * d->k + k] * (double)panel[k + 1];
            y[i * d->n + j] =
                (float)assay_act_apply((enum assay_act)d->act, sum);
        }
    }
}
