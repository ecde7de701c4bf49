/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, s8, the reference: plain loops, the formula of
 * quantized.h with sums in int64. Layouts: depthwise.h. Reads the plain
 * constants of depthwise_pack.h. Serial: thread 0 computes everything. Row:
 * depthwise.def; test: test_kernels.c.
 */
#include <string.h>

#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/requantize.h"

void assay_depthwise_s8_ref(const struct assay_cpu_call *call);

/* The sum of one output element; `top` and `left` are the first tap's place,
 * image and w start at the element's channel. */
static int64_t window(const struct assay_depthwise *d, const int8_t *image,
                      const int32_t *w, int32_t wzero, int64_t top,
                      int64_t left)
{
    int64_t sum = 0;
    for (int64_t r = 0; r < d->r; r++) {
        for (int64_t s = 0; s < d->s; s++, w += d->c) {
            const int64_t row = top + r * d->dil_h;
            const int64_t column = left + s * d->dil_w;
            if (row < 0 || row >= d->h || column < 0 || column >= d->w)
                continue;
            sum += (image[(row * d->w + column) * d->c] - d->q.x_zero) *
                   (w[0] - wzero);
        }
    }
    return sum;
}

void assay_depthwise_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_depthwise *d = &call->problem->as.depthwise;
    const struct assay_requantize requantize =
        assay_requantize_make(ASSAY_S8, &d->q);
    const int64_t out_h = assay_depthwise_out_h(d);
    const int64_t out_w = assay_depthwise_out_w(d);
    const int8_t *x = call->inputs[0];
    const int32_t *bias = call->packed, *wzero = bias + 2 * d->c;
    const int32_t *w = bias + 3 * d->c;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->n * out_h * out_w; i++) {
        const int64_t n = i / (out_h * out_w);
        const int64_t p = i / out_w % out_h;
        const int64_t q = i % out_w;
        for (int64_t c = 0; c < d->c; c++) {
            const int64_t sum = window(d, x + n * d->h * d->w * d->c + c, w + c,
                                       wzero[c], p * d->stride_h - d->pad_top,
                                       q * d->stride_w - d->pad_left);
            float scale;
            memcpy(&scale, bias + d->c + c, sizeof scale);
            assay_requantize_store(&requantize, (int32_t)(sum + bias[c]), scale,
                                   call->output, i * d->c + c);
        }
    }
}
