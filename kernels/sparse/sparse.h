/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense layer whose constant weights are mostly zeros:
 *
 *     y[i][j] = act(b[j] + sum_k x[i][k] * w[j][k])
 *
 * Arrays, row-major: x [m][k] input; w [n][k] constant, zeros included;
 * b [n] constant, absent without `bias`; y [m][n] output. No two arrays
 * overlap. A 1x1 convolution of images with channels last (NHWC, stride 1) is
 * the same op with m = pixels, k = input and n = output channels.
 *
 * The formats say which weights are stored; a strip is 16 outputs, from a
 * multiple of 16:
 *   csr        f32 alone: each weight that is not zero
 *   block16x1  each k of a strip at which one of its 16 outputs is not zero
 *   block4x4   each block of 4 outputs by 4 k, from multiples of 4, that is not
 *              all zeros
 *   nm24       for each output, at most 2 of 4 k (from a multiple of 4) are not
 *              zero; f32 stores those, s8 as block16x1, since four products an
 *              instruction leave nothing to be gained
 *   nm24v      for each strip, at most 2 of 4 k are not zero for all of its
 *              outputs; stored as block16x1
 *   auto       one of csr, block16x1 and block4x4, by assay_sparse_choose
 * nm24 and nm24v refuse weights that do not keep to the pattern; the others
 * hold any weights. Weights that are left out count as exactly 0, even where
 * they meet an infinity or a NaN; a zero that is stored may count either way.
 *
 * s8: sums, the constants and the output are those of quantized.h, act is none.
 * Weights have no zero point, since what is left out is 0.
 */
#ifndef ASSAY_KERNELS_SPARSE_H
#define ASSAY_KERNELS_SPARSE_H

#include <stdint.h>

#include "kernels/quantized.h"

enum assay_sparse_format {
    ASSAY_SPARSE_AUTO,
    ASSAY_SPARSE_CSR,
    ASSAY_SPARSE_BLOCK16X1,
    ASSAY_SPARSE_BLOCK4X4,
    ASSAY_SPARSE_NM24,
    ASSAY_SPARSE_NM24V,
    ASSAY_SPARSE_FORMATS,
    ASSAY_SPARSE_DENSE = ASSAY_SPARSE_FORMATS, /* of assay_sparse_choose */
};

struct assay_sparse {
    int64_t m, n, k; /* k ≤ 65536: columns are stored in 16 bits */
    int64_t bias;    /* 0 or 1 */
    int64_t act;     /* enum assay_act; none for s8 */
    int64_t format;  /* enum assay_sparse_format */
    double zeros;    /* percent of zeros in random weights; else not used */
    struct assay_quantized q; /* s8 alone; wzero is 0 */
    /* Weights that are stored, and for s8 the lists of four k that hold them;
     * 0 until the constants are known. */
    int64_t stored, fours;
};

#endif
