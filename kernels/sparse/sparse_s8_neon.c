/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, NEON (AArch64). int32 sums. Formula and layouts: sparse.h; packed
 * weights: sparse_pack.h. Any ISA, vectors of 4 lanes. Blocking, preconditions
 * and tails: sparse_s8_tile.h. Equal to the reference to the bit. Row:
 * sparse.def; test: test_kernels.c.
 */
#define KERNEL assay_sparse_s8_neon
#include "kernels/sparse/sparse_s8_tile.h"
