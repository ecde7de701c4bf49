/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization as inference computes it, on `rows` rows of `c` channels
 * (an image channels last has n h w rows):
 *
 *     y[i][j] = act(x[i][j] scale[j] + shift[j])
 *     scale[j] = gamma[j] / sqrt(var[j] + eps)
 *     shift[j] = beta[j] - mean[j] scale[j]
 *
 * Constants, [c] each and in this order: gamma, beta, mean, var. scale and
 * shift are made from them at prepare, in double, and rounded to f32, also for
 * f16. y may be the same array as x; it does not overlap it otherwise.
 * INVALID: constants that are not finite, a variance below 0, scale or shift
 * beyond f32.
 */
#ifndef ASSAY_KERNELS_BATCHNORM_H
#define ASSAY_KERNELS_BATCHNORM_H

#include <stdint.h>

struct assay_batchnorm {
    int64_t rows, c;
    int64_t act; /* enum assay_act */
    double eps;
};

#endif
