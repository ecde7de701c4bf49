/* SPDX-License-Identifier: Apache-2.0
 *
 * Between f32 and f16, f16. Formula and layouts: cast.h. ISA: NEON (AArch64), 4
 * lanes. Method, preconditions, tails and deviation from the reference:
 * cast_f16_tile.h. Row: cast.def; test: test_kernels.c.
 */
#define KERNEL assay_cast_f16_neon
#include "kernels/cast/cast_f16_tile.h"
