/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout without stored state: whether an element is kept follows from the
 * seed and the element's number alone, so that every backend, every number of
 * threads and the backward pass draw the same mask. For sample t < samples and
 * i < n,
 *
 *     y[t][i] = keep(offset + t round_up(n, 8) + i) ? x[i] scale : 0
 *     scale   = 1 / (1 - rate), rounded to float once
 *     keep(g) = field(g) >= round(65536 rate)
 *
 * where field(g) is the (g mod 8)th of the eight 16-bit fields, low half first,
 * of the four words that Philox4x32-10 (philox.h) makes of the counter
 * (g / 8, 0) and of the key `seed`, both as two words, low one first. rate 0
 * keeps all. In f16 the product is rounded to float, then to half.
 * Monte Carlo dropout is samples > 1: x [n], y [samples][n]. The backward pass
 * is the same formula on the gradient, x = dL/dy and y = dL/dx; `mode` only
 * names it. The input is not written.
 * INVALID: a rate that keeps nothing (65536 rate rounds to 65536), an offset
 * that is not a multiple of 8.
 */
#ifndef ASSAY_KERNELS_DROPOUT_H
#define ASSAY_KERNELS_DROPOUT_H

#include <stdint.h>

enum assay_dropout_mode {
    ASSAY_DROPOUT_FORWARD,
    ASSAY_DROPOUT_BACKWARD,
    ASSAY_DROPOUT_MODES
};

struct assay_dropout {
    int64_t n;
    double rate; /* that an element is dropped, 0 to below 1 */
    int64_t seed;
    int64_t offset; /* of the first element among those of the seed */
    int64_t samples;
    int64_t mode; /* enum assay_dropout_mode */
};

#endif
