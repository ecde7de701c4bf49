/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, s8. Formula and layouts: unary.h. ISA: NEON (AArch64),
 * 4 lanes. Method, preconditions, tails and deviation from the reference:
 * unary_s8_tile.h. Row: unary.def; test: test_kernels.c.
 */
#define KERNEL assay_unary_s8_neon
#include "kernels/unary/unary_s8_tile.h"
