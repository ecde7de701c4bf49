/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of conv2d for f32 and f16: plain loops, products and sums in
 * double. Formula and layouts: conv2d.h. Reads f32 panels of width 1
 * (conv2d_pack.h). The includer defines conv2d_real, the element, and
 * conv2d_get and conv2d_put, its value and its making.
 */
#include "kernels/conv2d/conv2d_pack.h"

/* The sum of one output element; `top` and `left` are the first tap's place. */
static double window(const struct assay_conv2d *d, const conv2d_real *image,
                     const float *panel, int64_t top, int64_t left)
{
    const int64_t channels = d->c / d->groups;
    double sum = panel[0];
    const float *w = panel + 1;
    for (int64_t r = 0; r < d->r; r++) {
        for (int64_t s = 0; s < d->s; s++, w += channels) {
            const int64_t row = top + r * d->dil_h;
            const int64_t column = left + s * d->dil_w;
            if (row < 0 || row >= d->h || column < 0 || column >= d->w)
                continue;
            const conv2d_real *x = image + (row * d->w + column) * d->c;
            for (int64_t i = 0; i < channels; i++)
                sum += (double)conv2d_get(x[i]) * (double)w[i];
        }
    }
    return sum;
}

static void conv2d_ref(const struct assay_cpu_call *call)
{
    const struct assay_conv2d *d = &call->problem->as.conv2d;
    const int64_t out_h = assay_conv2d_out_h(d);
    const int64_t out_w = assay_conv2d_out_w(d);
    const size_t panel = assay_dense_panel_floats(assay_conv2d_depth(d), 1);
    const conv2d_real *x = call->inputs[0];
    conv2d_real *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < d->n * out_h * out_w; i++) {
        const int64_t n = i / (out_h * out_w);
        const int64_t p = i / out_w % out_h;
        const int64_t q = i % out_w;
        for (int64_t o = 0; o < d->k; o++) {
            const int64_t g = o / (d->k / d->groups);
            const double sum = window(
                d, x + n * d->h * d->w * d->c + g * (d->c / d->groups),
                (const float *)call->packed + (size_t)o * panel,
                p * d->stride_h - d->pad_top, q * d->stride_w - d->pad_left);
            y[i * d->k + o] =
                conv2d_put((float)assay_act_apply((enum assay_act)d->act, sum));
        }
    }
}
