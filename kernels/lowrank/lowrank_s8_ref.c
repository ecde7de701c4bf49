/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, s8, the reference: plain loops, the formulas of
 * quantized.h with sums in int64. Formula and layouts: lowrank.h;
 * reads the constants as they are (lowrank_pack.h); the scratch holds one row
 * of t. Serial: thread 0 computes everything. Row: lowrank.def; test:
 * test_kernels.c.
 */
#include "kernels/lowrank/lowrank_pack.h"
#include "kernels/requantize.h"

assay_cpu_function assay_lowrank_s8_ref;

void assay_lowrank_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_lowrank *d = &call->problem->as.lowrank;
    const struct assay_quantized middle = {
        .y_zero = d->mid_zero, .low = -128, .high = 127};
    const struct assay_requantize first =
        assay_requantize_make(ASSAY_S8, &middle);
    const struct assay_requantize second =
        assay_requantize_make(ASSAY_S8, &d->q);
    const struct assay_lowrank_parts p = assay_lowrank_parts(call->problem);
    const char *base = call->packed;
    const int8_t *x = call->inputs[0];
    const int8_t *u = (const int8_t *)(base + p.u);
    const int8_t *v = (const int8_t *)(base + p.v);
    const int32_t *b = (const int32_t *)(const void *)(base + p.b);
    const float *scale_mid = (const float *)(const void *)(base + p.scale_mid);
    const float *scale = (const float *)(const void *)(base + p.scale);
    int8_t *t = call->scratch;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->m; i++) {
        for (int64_t l = 0; l < d->r; l++) {
            int64_t sum = 0;
            for (int64_t k = 0; k < d->k; k++)
                sum += (x[i * d->k + k] - d->q.x_zero) * u[l * d->k + k];
            assay_requantize_store(&first, (int32_t)sum, scale_mid[l], t, l);
        }
        for (int64_t j = 0; j < d->n; j++) {
            int64_t sum = b[j];
            for (int64_t l = 0; l < d->r; l++)
                sum += (t[l] - d->mid_zero) * v[j * d->r + l];
            assay_requantize_store(&second, (int32_t)sum, scale[j],
                                   call->output, i * d->n + j);
        }
    }
}
