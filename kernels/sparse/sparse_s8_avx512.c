/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, AVX-512. int32 sums.
 * Formula and layouts: sparse.h; packed weights: sparse_pack.h.
 * ISA: AVX-512 BW, vpmaddwd, 16 lanes. Blocking, preconditions and tails:
 * sparse_s8_tile.h. Equal to the reference to the bit. Row: sparse.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_sparse_s8_avx512
#include "kernels/sparse/sparse_s8_tile.h"
