/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f32, the reference: one output at a time, every tap tested against
 * the image, sums in double. Formula and layouts: pool.h. Serial: thread 0
 * computes everything. Row: pool.def; test: test_kernels.c.
 */
#include <math.h>

#include "kernels/kernel.h"
#include "kernels/pool/pool_window.h"

void assay_pool_f32_ref(const struct assay_cpu_call *call);

static float window(const struct assay_pool *d, const float *image, int64_t p,
                    int64_t q, int64_t c)
{
    double sum = 0, largest = -INFINITY;
    int64_t count = 0;
    for (int64_t r = 0; r < d->r; r++) {
        for (int64_t s = 0; s < d->s; s++) {
            const int64_t i = p * d->stride_h - d->pad_top + r * d->dil_h;
            const int64_t j = q * d->stride_w - d->pad_left + s * d->dil_w;
            if (i < 0 || i >= d->h || j < 0 || j >= d->w)
                continue;
            const double x = (double)image[(i * d->w + j) * d->c + c];
            sum += x;
            largest = x > largest ? x : largest;
            count++;
        }
    }
    if (d->kind == ASSAY_POOL_MAX)
        return (float)largest;
    return (float)(sum / (double)(d->count_pad ? d->r * d->s : count));
}

void assay_pool_f32_ref(const struct assay_cpu_call *call)
{
    const struct assay_pool *d = &call->problem->as.pool;
    const float *x = call->inputs[0];
    float *y = call->output;
    const int64_t rows = assay_pool_rows(d), columns = assay_pool_columns(d);
    if (call->thread != 0)
        return;
    for (int64_t n = 0; n < d->n; n++)
        for (int64_t p = 0; p < rows; p++)
            for (int64_t q = 0; q < columns; q++)
                for (int64_t c = 0; c < d->c; c++)
                    *y++ = window(d, x + n * d->h * d->w * d->c, p, q, c);
}
