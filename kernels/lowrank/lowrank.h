/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense layer whose weights are a product of two thin matrices, w = v u, in one
 * kernel run:
 *
 *     t[i][l] = sum_k x[i][k] * u[l][k]
 *     y[i][j] = act(b[j] + sum_l t[i][l] * v[j][l])
 *
 * Arrays, row-major: x [m][k] input; u [r][k] and v [n][r] constant; b [n]
 * constant, absent without `bias`; scale_mid [r] and scale [n] constant, s8
 * alone; y [m][n] output. t is kept in the kernel, in f32. No two arrays
 * overlap.
 *
 * s8: x, u, v and y are s8, b is s32, the scales f32, not act but lo and hi
 * bound the result, and t is s8:
 *     a = sum_k (x[i][k] - x_zero) * u[l][k]                     exact, s32
 *     t[i][l] = clamp(rint((float)a * scale_mid[l]) + mid_zero, -128, 127)
 *     c = b[j] + sum_l (t[i][l] - mid_zero) * v[j][l]            exact, s32
 *     y[i][j] = clamp(rint((float)c * scale[j]) + y_zero, lo, hi)
 * with one rounding of each product, and ties to even.
 */
#ifndef ASSAY_KERNELS_LOWRANK_H
#define ASSAY_KERNELS_LOWRANK_H

#include <stdint.h>

struct assay_lowrank {
    int64_t m, n, k, r;
    int64_t bias;                             /* 0 or 1 */
    int64_t act;                              /* enum assay_act; none for s8 */
    int64_t x_zero, mid_zero, y_zero, lo, hi; /* s8 alone */
};

#endif
