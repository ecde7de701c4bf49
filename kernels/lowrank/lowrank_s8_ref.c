/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, s8, the reference: plain loops, exact sums, products rounded
 * to float, then to integers with ties to even. Formula and layouts: lowrank.h;
 * reads the constants as they are (lowrank_pack.h); the scratch holds one row
 * of t. Serial: thread 0 computes everything. Row: lowrank.def; test:
 * test_kernels.c.
 */
#include <math.h>

#include "kernels/lowrank/lowrank_pack.h"

assay_cpu_function assay_lowrank_s8_ref;

static int8_t requantize(int32_t sum, float scale, int64_t zero, int64_t lo,
                         int64_t hi)
{
    const float v = (float)sum * scale;
    double q = rint((double)v) + (double)zero;
    q = q < (double)lo ? (double)lo : q;
    return (int8_t)(q > (double)hi ? (double)hi : q);
}

void assay_lowrank_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_lowrank *d = &call->problem->as.lowrank;
    const struct assay_lowrank_parts p = assay_lowrank_parts(call->problem);
    const char *base = call->packed;
    const int8_t *x = call->inputs[0];
    const int8_t *u = (const int8_t *)(base + p.u);
    const int8_t *v = (const int8_t *)(base + p.v);
    const int32_t *b = (const int32_t *)(base + p.b);
    const float *scale_mid = (const float *)(base + p.scale_mid);
    const float *scale = (const float *)(base + p.scale);
    int8_t *t = call->scratch, *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->m; i++) {
        for (int64_t l = 0; l < d->r; l++) {
            int32_t sum = 0;
            for (int64_t k = 0; k < d->k; k++)
                sum += (int32_t)(x[i * d->k + k] - d->x_zero) * u[l * d->k + k];
            t[l] = requantize(sum, scale_mid[l], d->mid_zero, -128, 127);
        }
        for (int64_t j = 0; j < d->n; j++) {
            int32_t sum = b[j];
            for (int64_t l = 0; l < d->r; l++)
                sum += (int32_t)(t[l] - d->mid_zero) * v[j * d->r + l];
            y[i * d->n + j] =
                requantize(sum, scale[j], d->y_zero, d->lo, d->hi);
        }
    }
}
