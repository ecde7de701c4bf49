/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f16, the reference: plain loops, products and sums in double, rounded
 * to float and then to f16. Formula and layouts: dense.h. Reads f32 panels of
 * width 1 (dense_pack.h), which hold every f16 exactly.
 * Serial: thread 0 computes everything. Row: dense.def; test: test_kernels.c.
 */
#include "kernels/dense/dense_pack.h"
#include "kernels/half.h"
#include "kernels/kernel.h"

void assay_dense_f16_ref(const struct assay_cpu_call *call);

void assay_dense_f16_ref(const struct assay_cpu_call *call)
{
    const struct assay_dense *d = &call->problem->as.dense;
    const uint16_t *x = call->inputs[0];
    uint16_t *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->m; i++) {
        for (int64_t j = 0; j < d->n; j++) {
            const float *panel = (const float *)call->packed +
                                 (size_t)j * assay_dense_panel_floats(d->k, 1);
            double sum = (double)panel[0];
            for (int64_t k = 0; k < d->k; k++)
                sum += (double)assay_half_to_float(x[i * d->k + k]) *
                       (double)panel[k + 1];
            y[i * d->n + j] = assay_half_from_float(
                (float)assay_act_apply((enum assay_act)d->act, sum));
        }
    }
}
