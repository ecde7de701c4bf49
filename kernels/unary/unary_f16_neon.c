/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f16. Formula and layouts: unary.h. ISA: NEON
 * (AArch64), 4 lanes. Method, preconditions, tails and deviation from the
 * reference: unary_real_tile.h. Row: unary.def; test: test_kernels.c.
 */
#define KERNEL assay_unary_f16_neon
#define ASSAY_HALF
#include "kernels/unary/unary_real_tile.h"
