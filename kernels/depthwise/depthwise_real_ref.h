/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of depthwise for f32 and f16: plain loops, products and sums
 * in double. Formula and layouts: depthwise.h. Reads f32 constants with width 1
 * (depthwise_pack.h). The includer defines depthwise_real, the element, and
 * depthwise_get and depthwise_put, its value and its making.
 */
#include "kernels/depthwise/depthwise_pack.h"

/* The sum of one output element; `top` and `left` are the first tap's place,
 * image and bias start at the element's channel. */
static double window(const struct assay_depthwise *d,
                     const depthwise_real *image, const float *bias,
                     int64_t top, int64_t left)
{
    double sum = bias[0];
    const float *w = bias + d->c;
    for (int64_t r = 0; r < d->r; r++) {
        for (int64_t s = 0; s < d->s; s++, w += d->c) {
            const int64_t row = top + r * d->dil_h;
            const int64_t column = left + s * d->dil_w;
            if (row < 0 || row >= d->h || column < 0 || column >= d->w)
                continue;
            sum += (double)depthwise_get(image[(row * d->w + column) * d->c]) *
                   (double)w[0];
        }
    }
    return sum;
}

static void depthwise_ref(const struct assay_cpu_call *call)
{
    const struct assay_depthwise *d = &call->problem->as.depthwise;
    const int64_t out_h = assay_depthwise_out_h(d);
    const int64_t out_w = assay_depthwise_out_w(d);
    const depthwise_real *x = call->inputs[0];
    const float *packed = call->packed;
    depthwise_real *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->n * out_h * out_w; i++) {
        const int64_t n = i / (out_h * out_w);
        const int64_t p = i / out_w % out_h;
        const int64_t q = i % out_w;
        for (int64_t c = 0; c < d->c; c++) {
            const double sum = window(d, x + n * d->h * d->w * d->c + c,
                                      packed + c, p * d->stride_h - d->pad_top,
                                      q * d->stride_w - d->pad_left);
            y[i * d->c + c] = depthwise_put(
                (float)assay_act_apply((enum assay_act)d->act, sum));
        }
    }
}
