/* SPDX-License-Identifier: Apache-2.0
 *
 * f32 to integers, s8. Formula and layouts: quantize.h. ISA: NEON (AArch64), 4
 * lanes. Method, preconditions, tails and deviation from the reference:
 * quantize_s8_tile.h. Row: quantize.def; test: test_kernels.c.
 */
#define KERNEL assay_quantize_s8_neon
#include "kernels/quantize/quantize_s8_tile.h"
