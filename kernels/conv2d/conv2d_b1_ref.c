/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, b1, the reference: the sum of quantized.h over products of ±1, one by
 * one, of the taps inside the image. Layouts: conv2d.h. Reads plain panels of
 * width 1 (conv2d_words.h). Serial: thread 0 computes everything. Row:
 * conv2d.def; test: test_kernels.c.
 */
#include <string.h>

#include "kernels/conv2d/conv2d_pack.h"

void assay_conv2d_b1_ref(const struct assay_cpu_call *call);

static int sign(const uint32_t *bits, int64_t i)
{
    return bits[i / 32] >> i % 32 & 1 ? -1 : 1;
}

/* The sum of one output element; `top` and `left` are the first tap's place,
 * channel the first of the group. */
static int32_t window(const struct assay_conv2d *d, const uint32_t *image,
                      const uint32_t *w, int64_t channel, int64_t top,
                      int64_t left)
{
    const int64_t channels = d->c / d->groups;
    int32_t sum = 0;
    for (int64_t r = 0; r < d->r; r++) {
        for (int64_t s = 0; s < d->s; s++, w += channels / 32) {
            const int64_t row = top + r * d->dil_h;
            const int64_t column = left + s * d->dil_w;
            if (row < 0 || row >= d->h || column < 0 || column >= d->w)
                continue;
            const int64_t at = (row * d->w + column) * d->c + channel;
            for (int64_t i = 0; i < channels; i++)
                sum += sign(image, at + i) * sign(w, i);
        }
    }
    return sum;
}

static void store(const struct assay_conv2d *d, const uint32_t *head,
                  int32_t acc, int64_t at, void *y)
{
    float bias, scale;
    int32_t threshold;
    memcpy(&bias, head, 4);
    memcpy(&threshold, head, 4);
    memcpy(&scale, head + 1, 4);
    if (d->q.out == ASSAY_OUT_F32) {
        const float v = (float)acc * scale;
        ((float *)y)[at] = d->bias ? v + bias : v;
        return;
    }
    const uint32_t bit = (acc < threshold) ^ (head[2] & 1);
    uint32_t *word = (uint32_t *)y + at / 32;
    *word = (at % 32 ? *word : 0) | bit << at % 32;
}

void assay_conv2d_b1_ref(const struct assay_cpu_call *call)
{
    const struct assay_conv2d *d = &call->problem->as.conv2d;
    const int64_t out_h = assay_conv2d_out_h(d);
    const int64_t out_w = assay_conv2d_out_w(d);
    const int64_t panel = 3 + assay_conv2d_depth(d) / 32;
    const uint32_t *x = call->inputs[0];
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->n * out_h * out_w; i++) {
        const int64_t n = i / (out_h * out_w);
        const int64_t p = i / out_w % out_h;
        const int64_t q = i % out_w;
        for (int64_t o = 0; o < d->k; o++) {
            const int64_t g = o / (d->k / d->groups);
            const uint32_t *head = (const uint32_t *)call->packed + o * panel;
            const int32_t acc =
                window(d, x + n * d->h * d->w * d->c / 32, head + 3,
                       g * (d->c / d->groups), p * d->stride_h - d->pad_top,
                       q * d->stride_w - d->pad_left);
            store(d, head, acc, i * d->k + o, call->output);
        }
    }
}
