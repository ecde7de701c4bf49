/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition of matrices, f32.
 * Formula and layouts: transpose.h. f32 throughout. ISA: the compiler's default
 * (x86-64: SSE2), 4 lanes. Method, preconditions, tails and deviation from the
 * reference: transpose_f32_tile.h. Row: transpose.def; test: test_kernels.c.
 */
#define KERNEL assay_transpose_f32_c
#include "kernels/transpose/transpose_f32_tile.h"
