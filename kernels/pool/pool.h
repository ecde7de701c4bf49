/* SPDX-License-Identifier: Apache-2.0
 *
 * Two-dimensional pooling over [n][h][w][c] to [n][p][q][c]:
 *
 *     max:     the largest element of the window inside the image
 *     average: the sum of the window's elements inside the image, divided by
 *              how many they are (count_pad = 0) or by r*s (count_pad = 1)
 *
 * Global pooling is the window r = h, s = w without padding. Every window
 * holds at least one element of the image. x and y do not overlap.
 */
#ifndef ASSAY_KERNELS_POOL_H
#define ASSAY_KERNELS_POOL_H

#include <stdint.h>

enum assay_pool_kind {
    ASSAY_POOL_MAX,
    ASSAY_POOL_AVERAGE,
};

struct assay_pool {
    int64_t kind; /* enum assay_pool_kind */
    int64_t n, h, w, c;
    int64_t r, s;
    int64_t stride_h, stride_w;
    int64_t pad_top, pad_left, pad_bottom, pad_right;
    int64_t dil_h, dil_w;
    int64_t count_pad; /* 0 or 1; average only */
};

#endif
