/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of up to six axes. x is dense of sizes d[0] … d[5], the last one
 * fastest; axis a of y is axis p[a] of x:
 *
 *     y[i_p0]…[i_p5] = x[i_0]…[i_5],   y of sizes d[p[0]] … d[p[5]]
 *
 * p is a permutation of 0 … 5; sizes are 1 and p is the identity where nothing
 * else is said, so that fewer axes are the leading ones: a matrix is d0 = rows,
 * d1 = cols, p0 = 1, p1 = 0; NCHW to NHWC is d0 = n, d1 = c, d2 = h*w, p1 = 2,
 * p2 = 1. Elements are moved and not looked at: f32, f16 and s8 stand for any
 * type of 4, 2 and 1 bytes. x and y do not overlap.
 */
#ifndef ASSAY_KERNELS_TRANSPOSE_H
#define ASSAY_KERNELS_TRANSPOSE_H

#include <stdint.h>

struct assay_transpose {
    int64_t d[6];
    int64_t p[6];
};

#endif
