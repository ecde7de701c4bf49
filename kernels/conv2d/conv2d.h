/* SPDX-License-Identifier: Apache-2.0
 *
 * Two-dimensional convolution (cross-correlation, as in ONNX Conv):
 *
 *     y[n][p][q][o] = act(b[o] + sum_{r,s,i} w[o][r][s][i] *
 *         x[n][p*stride_h - pad_top + r*dil_h]
 *             [q*stride_w - pad_left + s*dil_w][g*(c/groups) + i])
 *
 * with g = o / (k/groups), and x taken as zero outside the image.
 * Arrays: x [n][h][w][c] input; w [k][r][s][c/groups] constant; b [k] constant,
 * absent without `bias`; y [n][p][q][k] output. No two arrays overlap.
 *
 * f16: sums in f32, rounded once. s8 and b1: quantized.h, which gives the other
 * constants (one of each for every o of k), the output's types and the
 * mathematics of `q`; a tap outside the image adds nothing to acc, as if x were
 * x_zero there (s8), or is left out of K (b1). b1: x [n][h][w][c/32] and w
 * [k][r][s][c/groups/32] in words; c/groups is a multiple of 32, and k/groups
 * too if y is b1.
 */
#ifndef ASSAY_KERNELS_CONV2D_H
#define ASSAY_KERNELS_CONV2D_H

#include <stdint.h>

#include "kernels/quantized.h"

struct assay_conv2d {
    int64_t n, h, w, c; /* images, height, width, input channels */
    int64_t k, r, s;    /* output channels, kernel height and width */
    int64_t stride_h, stride_w;
    int64_t pad_top, pad_left, pad_bottom, pad_right;
    int64_t dil_h, dil_w;
    int64_t groups; /* divides c and k */
    int64_t bias;   /* 0 or 1 */
    int64_t act;    /* enum assay_act; f32 and f16 */
    struct assay_quantized q;
};

#endif
