/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, s8. Formula and layouts: unary.h. ISA: AVX2, FMA and
 * F16C, 8 lanes. Method, preconditions, tails and deviation from the reference:
 * unary_s8_tile.h. Row: unary.def; test: test_kernels.c.
 */
#define KERNEL assay_unary_s8_avx2
#include "kernels/unary/unary_s8_tile.h"
