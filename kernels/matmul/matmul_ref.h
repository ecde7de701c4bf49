/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices in plain loops and double, for one element type: the
 * including file defines KERNEL, the type `element`, and widen and narrow
 * between it and double. Formula and layouts: matmul.h.
 */
#include "kernels/kernel.h"

assay_cpu_function KERNEL;

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_matmul *d = &call->problem->as.matmul;
    const element *a = call->inputs[0], *b = call->inputs[1];
    element *y = call->output;
    /* Of b, between neighbours along k and along n. */
    const int64_t down = d->transpose_b ? 1 : d->n;
    const int64_t across = d->transpose_b ? d->k : 1;
    if (call->thread != 0)
        return;
    for (int64_t t = 0; t < d->batch; t++) {
        for (int64_t i = 0; i < d->m; i++, a += d->k, y += d->n) {
            for (int64_t j = 0; j < d->n; j++) {
                double sum = 0;
                for (int64_t l = 0; l < d->k; l++)
                    sum += widen(a[l]) * widen(b[l * down + j * across]);
                y[j] = narrow(d->scale * sum);
            }
        }
        b += assay_matmul_b_stride(d);
    }
}
