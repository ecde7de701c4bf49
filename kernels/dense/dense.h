/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense layer (GEMM with a constant right side):
 *
 *     y[i][j] = act(b[j] + sum_k x[i][k] * w[j][k])
 *
 * Arrays, row-major: x [m][k] input; w [n][k] constant (one row an output, as
 * in ONNX Gemm with transB=1); b [n] constant, absent without `bias`;
 * y [m][n] output. No two arrays overlap. f16: all of them are f16, sums are
 * f32 and rounded once, at the end.
 *
 * s8 and b1: sums, further constants and outputs as in quantized.h; act is
 * none. b1: k, a multiple of 32, counts channels, of which a word of x and w
 * holds 32: x [m][k/32], w [n][k/32]; y as b1 is [m][n/32].
 */
#ifndef ASSAY_KERNELS_DENSE_H
#define ASSAY_KERNELS_DENSE_H

#include <stdint.h>

#include "kernels/quantized.h"

struct assay_dense {
    int64_t m, n, k;
    int64_t bias; /* 0 or 1 */
    int64_t act;  /* enum assay_act */
    struct assay_quantized q;
};

#endif
