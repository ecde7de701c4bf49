/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, s8, the reference: plain loops, the formula of quantized.h with sums
 * in int64. Reads plain panels of width 1 (dense_pack.h).
 * Serial: thread 0 computes everything. Row: dense.def; test: test_kernels.c.
 */
#include "kernels/dense/dense_pack.h"
#include "kernels/kernel.h"
#include "kernels/requantize.h"

void assay_dense_s8_ref(const struct assay_cpu_call *call);

void assay_dense_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_dense *d = &call->problem->as.dense;
    const struct assay_requantize r =
        assay_requantize_make(call->problem->dtype, &d->q);
    const int8_t *x = call->inputs[0];
    if (call->thread != 0)
        return;
    for (int64_t j = 0; j < d->n; j++) {
        const char *panel =
            (const char *)call->packed + j * ((12 + d->k + 3) & ~INT64_C(3));
        const int8_t *w = (const int8_t *)panel + 12;
        int32_t bias, wzero;
        float scale;
        memcpy(&bias, panel, 4);
        memcpy(&scale, panel + 4, 4);
        memcpy(&wzero, panel + 8, 4);
        for (int64_t i = 0; i < d->m; i++) {
            int64_t acc = bias;
            for (int64_t k = 0; k < d->k; k++)
                acc += (x[i * d->k + k] - d->q.x_zero) * (w[k] - wzero);
            assay_requantize_store(&r, (int32_t)acc, scale, call->output,
                                   i * d->n + j);
        }
    }
}
