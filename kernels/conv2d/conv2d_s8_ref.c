/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, s8, the reference: plain loops, the formula of quantized.h with sums
 * in int64. Layouts: conv2d.h. Reads plain panels of width 1 (conv2d_words.h).
 * Serial: thread 0 computes everything. Row: conv2d.def; test:
 * test_kernels.c.
 */
#include <string.h>

#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/requantize.h"

void assay_conv2d_s8_ref(const struct assay_cpu_call *call);

/* The sum of one output element; `top` and `left` are the first tap's place. */
static int64_t window(const struct assay_conv2d *d, const int8_t *image,
                      const int8_t *w, int64_t wzero, int64_t top, int64_t left)
{
    const int64_t channels = d->c / d->groups;
    int64_t sum = 0;
    for (int64_t r = 0; r < d->r; r++) {
        for (int64_t s = 0; s < d->s; s++, w += channels) {
            const int64_t row = top + r * d->dil_h;
            const int64_t column = left + s * d->dil_w;
            if (row < 0 || row >= d->h || column < 0 || column >= d->w)
                continue;
            const int8_t *x = image + (row * d->w + column) * d->c;
            for (int64_t i = 0; i < channels; i++)
                sum += (x[i] - d->q.x_zero) * (w[i] - wzero);
        }
    }
    return sum;
}

void assay_conv2d_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_conv2d *d = &call->problem->as.conv2d;
    const struct assay_requantize requantize =
        assay_requantize_make(ASSAY_S8, &d->q);
    const int64_t out_h = assay_conv2d_out_h(d);
    const int64_t out_w = assay_conv2d_out_w(d);
    const int64_t panel = assay_round_up(12 + assay_conv2d_depth(d), 4);
    const int8_t *x = call->inputs[0];
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->n * out_h * out_w; i++) {
        const int64_t n = i / (out_h * out_w);
        const int64_t p = i / out_w % out_h;
        const int64_t q = i % out_w;
        for (int64_t o = 0; o < d->k; o++) {
            const int64_t g = o / (d->k / d->groups);
            const char *head = (const char *)call->packed + o * panel;
            int32_t bias, wzero;
            float scale;
            memcpy(&bias, head, 4);
            memcpy(&scale, head + 4, 4);
            memcpy(&wzero, head + 8, 4);
            const int64_t sum = window(
                d, x + n * d->h * d->w * d->c + g * (d->c / d->groups),
                (const int8_t *)head + 12, wzero, p * d->stride_h - d->pad_top,
                q * d->stride_w - d->pad_left);
            assay_requantize_store(&requantize, (int32_t)(sum + bias), scale,
                                   call->output, i * d->k + o);
        }
    }
}
