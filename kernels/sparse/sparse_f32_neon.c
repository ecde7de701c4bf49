/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, NEON (AArch64). Formula and layouts: sparse.h; packed weights:
 * sparse_pack.h. f32 products and sums. Any ISA, vectors of 4 lanes. Blocking,
 * preconditions, tails and deviation from the reference: sparse_f32_tile.h.
 * Row: sparse.def; test: test_kernels.c.
 */
#define KERNEL assay_sparse_f32_neon
#include "kernels/sparse/sparse_f32_tile.h"
