/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, b1, the reference: the sum of quantized.h over products of ±1, one by
 * one. Reads plain panels of width 1 (dense_pack.h).
 * Serial: thread 0 computes everything. Row: dense.def; test: test_kernels.c.
 */
#include <string.h>

#include "kernels/dense/dense_pack.h"
#include "kernels/kernel.h"

void assay_dense_b1_ref(const struct assay_cpu_call *call);

static int sign(const uint32_t *bits, int64_t i)
{
    return bits[i / 32] >> i % 32 & 1 ? -1 : 1;
}

void assay_dense_b1_ref(const struct assay_cpu_call *call)
{
    const struct assay_dense *d = &call->problem->as.dense;
    const int64_t words = d->k / 32;
    if (call->thread != 0)
        return;
    for (int64_t j = 0; j < d->n; j++) {
        const uint32_t *panel =
            (const uint32_t *)call->packed + j * (3 + words);
        float bias, scale;
        int32_t threshold;
        memcpy(&bias, panel, 4);
        memcpy(&threshold, panel, 4);
        memcpy(&scale, panel + 1, 4);
        for (int64_t i = 0; i < d->m; i++) {
            const uint32_t *x = (const uint32_t *)call->inputs[0] + i * words;
            int32_t acc = 0;
            for (int64_t k = 0; k < d->k; k++)
                acc += sign(x, k) * sign(panel + 3, k);
            if (d->q.out == ASSAY_OUT_F32) {
                const float v = (float)acc * scale;
                ((float *)call->output)[i * d->n + j] = d->bias ? v + bias : v;
                continue;
            }
            const uint32_t bit = (acc < threshold) ^ (panel[2] & 1);
            uint32_t *y = (uint32_t *)call->output + (i * d->n + j) / 32;
            *y = (j % 32 ? *y : 0) | bit << j % 32;
        }
    }
}
