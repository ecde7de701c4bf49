/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, s8, the reference: one output at a time, every tap tested against
 * the image, sums in integers. Formula and layouts: pool.h. Serial: thread 0
 * computes everything. Row: pool.def; test: test_kernels.c.
 */
#include <math.h>

#include "kernels/kernel.h"
#include "kernels/window.h"

assay_cpu_function assay_pool_s8_ref;

/* mean is a whole number of at most 24 bits, and the product a float's. */
static int8_t average(const struct assay_pool *d, int64_t sum, int64_t count)
{
    const int64_t scaled = sum * 32768;
    const int64_t mean =
        scaled / count - (scaled % count < 0); /* rounded down */
    const float v = (float)mean * (float)(d->ratio * 0x1p-15);
    const double q = (double)rintf(v) + (double)d->y_zero;
    return (int8_t)(q < (double)d->low    ? d->low
                    : q > (double)d->high ? d->high
                                          : q);
}

static int8_t window(const struct assay_pool *d, const int8_t *image, int64_t p,
                     int64_t q, int64_t c)
{
    int64_t sum = 0, largest = -128, count = 0;
    for (int64_t r = 0; r < d->r; r++) {
        for (int64_t s = 0; s < d->s; s++) {
            const int64_t i = p * d->stride_h - d->pad_top + r * d->dil_h;
            const int64_t j = q * d->stride_w - d->pad_left + s * d->dil_w;
            if (i < 0 || i >= d->h || j < 0 || j >= d->w)
                continue;
            const int64_t x = image[(i * d->w + j) * d->c + c];
            sum += x - d->x_zero;
            largest = x > largest ? x : largest;
            count++;
        }
    }
    return d->kind == ASSAY_POOL_MAX
               ? (int8_t)largest
               : average(d, sum, d->count_pad ? d->r * d->s : count);
}

void assay_pool_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_pool *d = &call->problem->as.pool;
    const int8_t *x = call->inputs[0];
    int8_t *y = call->output;
    const int64_t rows = assay_window_out(ASSAY_WINDOW_ROWS(d));
    const int64_t columns = assay_window_out(ASSAY_WINDOW_COLUMNS(d));
    if (call->thread != 0)
        return;
    for (int64_t n = 0; n < d->n; n++)
        for (int64_t p = 0; p < rows; p++)
            for (int64_t q = 0; q < columns; q++)
                for (int64_t c = 0; c < d->c; c++)
                    *y++ = window(d, x + n * d->h * d->w * d->c, p, q, c);
}
