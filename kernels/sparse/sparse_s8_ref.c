/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, the reference: plain loops over all weights, the formula of
 * quantized.h with sums in int64. Formula and layouts: sparse.h; reads the
 * constants as they are (sparse_pack.h). Serial: thread 0 computes everything.
 * Row: sparse.def; test: test_kernels.c.
 */
#include "kernels/requantize.h"
#include "kernels/sparse/sparse_pack.h"

assay_cpu_function assay_sparse_s8_ref;

void assay_sparse_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_sparse *s = &call->problem->as.sparse;
    const struct assay_requantize r =
        assay_requantize_make(call->problem->dtype, &s->q);
    const int8_t *x = call->inputs[0], *w = call->packed;
    const size_t count = (size_t)(s->n * s->k), outputs = (size_t)s->n;
    const int32_t *b =
        (const int32_t *)(const void *)(w + (count + 63) / 64 * 64);
    const float *scale = (const float *)(b + (outputs + 15) / 16 * 16);
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < s->m; i++) {
        for (int64_t j = 0; j < s->n; j++) {
            int64_t sum = b[j];
            for (int64_t k = 0; k < s->k; k++)
                sum += (x[i * s->k + k] - s->q.x_zero) * w[j * s->k + k];
            assay_requantize_store(&r, (int32_t)sum, scale[j], call->output,
                                   i * s->n + j);
        }
    }
}
