/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, the reference: plain loops over all weights, those that are
 * zero left out, products and sums in double. Formula and layouts: sparse.h;
 * reads the constants as they are (sparse_pack.h). Serial: thread 0 computes
 * everything. Row: sparse.def; test: test_kernels.c.
 */
#include "kernels/sparse/sparse_pack.h"

assay_cpu_function assay_sparse_f32_ref;

void assay_sparse_f32_ref(const struct assay_cpu_call *call)
{
    const struct assay_sparse *s = &call->problem->as.sparse;
    const float *x = call->inputs[0];
    float *y = call->output;
    const size_t count = (size_t)(s->n * s->k);
    const float *w = call->packed, *b = w + (count + 15) / 16 * 16;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < s->m; i++) {
        for (int64_t j = 0; j < s->n; j++) {
            double sum = (double)b[j];
            for (int64_t k = 0; k < s->k; k++)
                if (w[j * s->k + k] != 0)
                    sum += (double)x[i * s->k + k] * (double)w[j * s->k + k];
            y[i * s->n + j] =
                (float)assay_act_apply((enum assay_act)s->act, sum);
        }
    }
}
