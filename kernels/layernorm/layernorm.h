/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of each of `rows` rows of `cols` elements:
 *
 *     y[i][j] = (x[i][j] - mean_i) / sqrt(var_i + eps) gamma[j] + beta[j]
 *
 * with mean_i and var_i = mean of (x[i][j] - mean_i)^2 of row i itself.
 * Constants: gamma [cols] if `affine`, else 1; beta [cols] if `bias`, else 0.
 * Means and sums are f32 for f16 too. y may be the same array as x; it does not
 * overlap it otherwise. Where a row's variance is far below eps or lost in the
 * roundings of its mean, the result is as inexact as the problem is.
 */
#ifndef ASSAY_KERNELS_LAYERNORM_H
#define ASSAY_KERNELS_LAYERNORM_H

#include <stdint.h>

struct assay_layernorm {
    int64_t rows, cols;
    int64_t affine, bias; /* 0 or 1: whether there is a gamma, a beta */
    double eps;
};

#endif
