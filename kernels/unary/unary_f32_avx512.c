/* SPDX-License-Identifier: Apache-2.0
 *
 * Activation on its own, f32.
 * Formula and layouts: unary.h. f32 throughout. ISA: AVX-512 F, BW, DQ and VL,
 * 16 lanes. Method, preconditions, tails and deviation from the reference:
 * unary_f32_tile.h. Row: unary.def; test: test_kernels.c.
 */
#define KERNEL assay_unary_f32_avx512
#include "kernels/unary/unary_f32_tile.h"
