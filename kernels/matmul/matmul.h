/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices that are both inputs:
 *
 *     y[t][i][j] = scale * sum_l a[t][i][l] * b[t][l][j]
 *
 * for t < batch. Arrays, row-major: a [batch][m][k] and b [b_batch][k][n], or
 * [b_batch][n][k] with transpose_b, inputs; y [batch][m][n] output. b_batch is
 * `batch`, or 1: then every product has the same right side; 0 stands for
 * `batch`. No two arrays overlap, all values are finite.
 */
#ifndef ASSAY_KERNELS_MATMUL_H
#define ASSAY_KERNELS_MATMUL_H

#include <stdint.h>

struct assay_matmul {
    int64_t batch, m, n, k;
    int64_t b_batch;     /* 0, 1 or batch */
    int64_t transpose_b; /* 0 or 1 */
    double scale;
};

/* Elements between the right sides of two products. */
static inline int64_t assay_matmul_b_stride(const struct assay_matmul *d)
{
    return d->b_batch == 1 ? 0 : d->n * d->k;
}

#endif
