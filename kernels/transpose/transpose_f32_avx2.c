/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition of matrices, f32.
 * Formula and layouts: transpose.h. f32 throughout. ISA: AVX2 and FMA, 8 lanes.
 * Method, preconditions, tails and deviation from the reference:
 * transpose_f32_tile.h. Row: transpose.def; test: test_kernels.c.
 */
#define KERNEL assay_transpose_f32_avx2
#include "kernels/transpose/transpose_f32_tile.h"
