/* SPDX-License-Identifier: Apache-2.0
 *
 * Activation on its own, f32. Formula and layouts: unary.h. f32 throughout.
 * ISA: NEON (AArch64), 4 lanes. Method, preconditions, tails and deviation from
 * the reference: unary_real_tile.h. Row: unary.def; test: test_kernels.c.
 */
#define KERNEL assay_unary_f32_neon
#include "kernels/unary/unary_real_tile.h"
