/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, f32, the reference: plain loops, products and sums in double,
 * the rows of t among them. Formula and layouts: lowrank.h; reads the constants
 * as they are (lowrank_pack.h); the scratch holds one row of t. Serial: thread
 * 0 computes everything. Row: lowrank.def; test: test_kernels.c.
 */
#include "kernels/lowrank/lowrank_pack.h"

assay_cpu_function assay_lowrank_f32_ref;

void assay_lowrank_f32_ref(const struct assay_cpu_call *call)
{
    const struct assay_lowrank *d = &call->problem->as.lowrank;
    const struct assay_lowrank_parts p = assay_lowrank_parts(call->problem);
    const char *base = call->packed;
    const float *x = call->inputs[0];
    const float *u = (const float *)(base + p.u);
    const float *v = (const float *)(base + p.v);
    const float *b = (const float *)(base + p.b);
    double *t = call->scratch;
    float *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->m; i++) {
        for (int64_t l = 0; l < d->r; l++) {
            t[l] = 0;
            for (int64_t k = 0; k < d->k; k++)
                t[l] += (double)x[i * d->k + k] * (double)u[l * d->k + k];
        }
        for (int64_t j = 0; j < d->n; j++) {
            double sum = (double)b[j];
            for (int64_t l = 0; l < d->r; l++)
                sum += t[l] * (double)v[j * d->r + l];
            y[i * d->n + j] =
                (float)assay_act_apply((enum assay_act)d->act, sum);
        }
    }
}
