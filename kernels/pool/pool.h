/* SPDX-License-Identifier: Apache-2.0
 *
 * Two-dimensional pooling over [n][h][w][c] to [n][p][q][c]:
 *
 *     max:     the largest element of the window inside the image
 *     average: the sum of the window's elements inside the image, divided by
 *              how many they are (count_pad = 0) or by r*s (count_pad = 1)
 *     argmax:  where the largest is: row * w + column in the image, the first
 *              tap with it, row by row; f32 only, y is s32
 *
 * Global pooling is the window r = h, s = w without padding. Every window
 * holds at least one element of the image. f16 averages are summed in f32 and
 * rounded once. x and y do not overlap.
 *
 * s8: the real value of x is its scale times (x - x_zero), that of y likewise,
 * and ratio is x's scale divided by y's. A maximum is that of the integers, and
 * ratio, zeros and limits stay as they are by default. An average of `count`
 * places is
 *
 *     mean = floor(2^15 sum(x - x_zero) / count), exactly
 *     y = clamp(rint((float)mean * (float)(ratio 2^-15)) + y_zero, low, high)
 *
 * with rint to nearest even. For ratio 1 and at most 2^14 places this is the
 * exact average, rounded once; more than 2^16 places are refused. low = y_zero
 * is a fused relu. The result is the same to the bit on every backend: mean has
 * 24 bits, and the one multiplication is the one rounding before rint.
 */
#ifndef ASSAY_KERNELS_POOL_H
#define ASSAY_KERNELS_POOL_H

#include <stdint.h>

enum assay_pool_kind {
    ASSAY_POOL_MAX,
    ASSAY_POOL_AVERAGE,
    ASSAY_POOL_ARGMAX,
};

/* The most places of a window of an s8 average. */
#define ASSAY_POOL_S8_COUNT 65536

struct assay_pool {
    int64_t kind; /* enum assay_pool_kind */
    int64_t n, h, w, c;
    int64_t r, s;
    int64_t stride_h, stride_w;
    int64_t pad_top, pad_left, pad_bottom, pad_right;
    int64_t dil_h, dil_w;
    int64_t count_pad; /* 0 or 1; average only */
    double ratio;      /* of averages of s8, as what follows */
    int64_t x_zero, y_zero;
    int64_t low, high;
};

/* The initializers of a pool that changes no scale: the only one of a maximum,
 * of f32 and of f16. */
#define ASSAY_POOL_UNSCALED .ratio = 1, .low = -128, .high = 127

#endif
