/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, the reference: plain loops over all weights, exact sums, one
 * product rounded to float and one rounding to an integer, ties to even.
 * Formula and layouts: sparse.h; reads the constants as they are
 * (sparse_pack.h). Serial: thread 0 computes everything. Row: sparse.def;
 * test: test_kernels.c.
 */
#include <math.h>

#include "kernels/sparse/sparse_pack.h"

assay_cpu_function assay_sparse_s8_ref;

void assay_sparse_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_sparse *s = &call->problem->as.sparse;
    const int8_t *x = call->inputs[0], *w = call->packed;
    const size_t count = (size_t)(s->n * s->k), outputs = (size_t)s->n;
    const int32_t *b = (const int32_t *)(w + (count + 63) / 64 * 64);
    const float *scale = (const float *)(b + (outputs + 15) / 16 * 16);
    int8_t *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < s->m; i++) {
        for (int64_t j = 0; j < s->n; j++) {
            int32_t sum = b[j];
            for (int64_t k = 0; k < s->k; k++)
                sum += (int32_t)(x[i * s->k + k] - s->x_zero) * w[j * s->k + k];
            const float v = (float)sum * scale[j];
            double q = rint((double)v) + (double)s->y_zero;
            q = q < (double)s->lo ? (double)s->lo : q;
            y[i * s->n + j] = (int8_t)(q > (double)s->hi ? (double)s->hi : q);
        }
    }
}
