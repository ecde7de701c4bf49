/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f32, NEON (AArch64). f32 accumulators. Register tile:
 * gemm_f32_neon.h; method, blocking and deviation from the reference:
 * matmul_tile.h; contract: matmul.h. Arrays need no alignment. Row: matmul.def;
 * test: test_kernels.c.
 */
#define KERNEL assay_matmul_f32_neon
#include "kernels/dense/gemm_f32_neon.h"

#include "kernels/matmul/matmul_tile.h"
