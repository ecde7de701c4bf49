/* SPDX-License-Identifier: Apache-2.0
 *
 * Integers to f32, s8. Formula and layouts: dequantize.h. ISA: NEON (AArch64),
 * 4 lanes. Method, preconditions, tails and deviation from the reference:
 * dequantize_s8_tile.h. Row: dequantize.def; test: test_kernels.c.
 */
#define KERNEL assay_dequantize_s8_neon
#include "kernels/dequantize/dequantize_s8_tile.h"
