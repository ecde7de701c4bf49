/* SPDX-License-Identifier: Apache-2.0
 *
 * Root-mean-square normalization of each of `rows` rows of `cols` elements:
 *
 *     y[i][j] = x[i][j] / sqrt(mean_k x[i][k]^2 + eps) gamma[j]
 *
 * Constant: gamma [cols] if `affine`, else 1. Sums are f32 for f16 too. y may
 * be the same array as x; it does not overlap it otherwise. (Zhang and
 * Sennrich, "Root mean square layer normalization", NeurIPS 2019.)
 */
#ifndef ASSAY_KERNELS_RMSNORM_H
#define ASSAY_KERNELS_RMSNORM_H

#include <stdint.h>

struct assay_rmsnorm {
    int64_t rows, cols;
    int64_t affine; /* 0 or 1: whether there is a gamma */
    double eps;
};

#endif
