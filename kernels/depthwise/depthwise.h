/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, one filter a channel:
 *
 *     y[n][p][q][i] = act(b[i] + sum_{r,s} w[r][s][i] *
 *         x[n][p*stride_h - pad_top + r*dil_h]
 *             [q*stride_w - pad_left + s*dil_w][i])
 *
 * Arrays: x [n][h][w][c] input; w [r][s][c] constant; b [c] constant, absent
 * without `bias`; y [n][p][q][c] output. No two arrays overlap. A convolution
 * with more than one filter a channel is a conv2d with groups.
 *
 * f16: sums in f32, rounded once. s8: quantized.h, with the other constants for
 * each channel; a tap outside the image adds nothing to acc, as if x were
 * x_zero there.
 */
#ifndef ASSAY_KERNELS_DEPTHWISE_H
#define ASSAY_KERNELS_DEPTHWISE_H

#include <stdint.h>

#include "kernels/quantized.h"

struct assay_depthwise {
    int64_t n, h, w, c;
    int64_t r, s;
    int64_t stride_h, stride_w;
    int64_t pad_top, pad_left, pad_bottom, pad_right;
    int64_t dil_h, dil_w;
    int64_t bias; /* 0 or 1 */
    int64_t act;  /* enum assay_act; f32 and f16 */
    struct assay_quantized q;
};

#endif
