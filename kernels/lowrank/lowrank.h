/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense layer whose weights are a product of two thin matrices, w = v u, in one
 * kernel run:
 *
 *     t[i][l] = sum_k x[i][k] * u[l][k]
 *     y[i][j] = act(b[j] + sum_l t[i][l] * v[j][l])
 *
 * Arrays, row-major: x [m][k] input; u [r][k] and v [n][r] constant; b [n]
 * constant, absent without `bias`; scale [n] and scale_mid [r] constant, s8
 * alone, in this order; y [m][n] output. t is kept in the kernel, in f32. No
 * two arrays overlap.
 *
 * s8: x, u, v are s8, t is s8 and y as in quantized.h, act is none; neither u
 * nor v has a zero point. Each product is as there, in exact int32 arithmetic:
 *     a = sum_k (x[i][k] - x_zero) * u[l][k]
 *     t[i][l] = clamp(rint((float)a * scale_mid[l]) + mid_zero, -128, 127)
 *     acc = b[j] + sum_l (t[i][l] - mid_zero) * v[j][l]
 * and y from acc by scale, y_zero, low, high and `out`.
 */
#ifndef ASSAY_KERNELS_LOWRANK_H
#define ASSAY_KERNELS_LOWRANK_H

#include <stdint.h>

#include "kernels/quantized.h"

struct assay_lowrank {
    int64_t m, n, k, r;
    int64_t bias;             /* 0 or 1 */
    int64_t act;              /* enum assay_act */
    struct assay_quantized q; /* s8 alone; wzero is 0 */
    int64_t mid_zero;
};

#endif
