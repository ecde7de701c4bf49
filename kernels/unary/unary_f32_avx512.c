/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f32. Formula and layouts: unary.h. ISA: AVX-512 F, BW,
 * DQ and VL, 16 lanes. Method, preconditions, tails and deviation from the
 * reference: unary_real_tile.h. Row: unary.def; test: test_kernels.c.
 */
#define KERNEL assay_unary_f32_avx512
#include "kernels/unary/unary_real_tile.h"
