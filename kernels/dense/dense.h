/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense layer (GEMM with a constant right side):
 *
 *     y[i][j] = act(b[j] + sum_k x[i][k] * w[j][k])
 *
 * Arrays, row-major: x [m][k] input; w [n][k] constant (one row an output, as
 * in ONNX Gemm with transB=1); b [n] constant, absent without `bias`;
 * y [m][n] output. No two arrays overlap.
 */
#ifndef ASSAY_KERNELS_DENSE_H
#define ASSAY_KERNELS_DENSE_H

#include <stdint.h>

struct assay_dense {
    int64_t m, n, k;
    int64_t bias; /* 0 or 1 */
    int64_t act;  /* enum assay_act */
};

#endif
