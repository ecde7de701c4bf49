/* SPDX-License-Identifier: Apache-2.0
 *
 * Which format pays for given weights. From times that were measured with the
 * AVX-512 rows, one thread. With one row of x alone csr at 90 % zeros is slower
 * than dense; blocks are faster.
 */
#ifndef ASSAY_KERNELS_SPARSE_CHOOSE_H
#define ASSAY_KERNELS_SPARSE_CHOOSE_H

#include "kernels/kernel.h"

/* csr, block16x1 or block4x4, or ASSAY_SPARSE_DENSE where the op dense of the
 * same dtype (f32 or s8) is faster than all of them. x [m][k], w [n][k]. */
enum assay_sparse_format assay_sparse_choose(enum assay_dtype dtype,
                                             const void *w, int64_t m,
                                             int64_t n, int64_t k);

#endif
