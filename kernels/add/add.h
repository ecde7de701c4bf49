/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise sum of two inputs of `n` elements, with an activation:
 *
 *     y[i] = act(a[i] + b[i])
 *
 * y may be the same array as a or b; it does not overlap them otherwise.
 */
#ifndef ASSAY_KERNELS_ADD_H
#define ASSAY_KERNELS_ADD_H

#include <stdint.h>

struct assay_add {
    int64_t n;
    int64_t act; /* enum assay_act */
};

#endif
