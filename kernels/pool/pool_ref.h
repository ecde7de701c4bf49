/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling of f32 or f16, the reference: one output at a time, every tap tested
 * against the image, sums in double. The including file defines KERNEL as its
 * symbol, ELEMENT as the type, LOAD(x) to a double and STORE(x) back. Formula
 * and layouts: pool.h. Serial: thread 0 computes everything.
 */
#include <math.h>

#include "kernels/kernel.h"
#include "kernels/window.h"

assay_cpu_function KERNEL;

struct window {
    double sum, largest;
    int64_t count, place;
};

static struct window window(const struct assay_pool *d, const ELEMENT *image,
                            int64_t p, int64_t q, int64_t c)
{
    struct window found = {.largest = -INFINITY, .place = -1};
    for (int64_t r = 0; r < d->r; r++) {
        for (int64_t s = 0; s < d->s; s++) {
            const int64_t i = p * d->stride_h - d->pad_top + r * d->dil_h;
            const int64_t j = q * d->stride_w - d->pad_left + s * d->dil_w;
            if (i < 0 || i >= d->h || j < 0 || j >= d->w)
                continue;
            const double x = LOAD(image[(i * d->w + j) * d->c + c]);
            found.sum += x;
            found.count++;
            if (x > found.largest || found.place < 0) {
                found.largest = x;
                found.place = i * d->w + j;
            }
        }
    }
    return found;
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_pool *d = &call->problem->as.pool;
    const int64_t rows = assay_window_out(ASSAY_WINDOW_ROWS(d));
    const int64_t columns = assay_window_out(ASSAY_WINDOW_COLUMNS(d));
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->n * rows * columns * d->c; i++) {
        const int64_t c = i % d->c, pixel = i / d->c;
        const int64_t q = pixel % columns, p = pixel / columns % rows;
        const ELEMENT *image = (const ELEMENT *)call->inputs[0] +
                               pixel / columns / rows * d->h * d->w * d->c;
        const struct window w = window(d, image, p, q, c);
        if (d->kind == ASSAY_POOL_ARGMAX)
            ((int32_t *)call->output)[i] = (int32_t)w.place;
        else if (d->kind == ASSAY_POOL_MAX)
            ((ELEMENT *)call->output)[i] = STORE(w.largest);
        else
            ((ELEMENT *)call->output)[i] =
                STORE(w.sum / (double)(d->count_pad ? d->r * d->s : w.count));
    }
}
