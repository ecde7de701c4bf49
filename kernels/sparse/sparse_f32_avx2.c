/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, AVX2.
 * Formula and layouts: sparse.h; packed weights: sparse_pack.h. f32 products
 * and sums. ISA: AVX2 and FMA, 8 lanes. Blocking, preconditions,
 * tails and deviation from the reference: sparse_f32_tile.h. Row: sparse.def;
 * test: test_kernels.c.
 */
#define KERNEL assay_sparse_f32_avx2
#include "kernels/sparse/sparse_f32_tile.h"
