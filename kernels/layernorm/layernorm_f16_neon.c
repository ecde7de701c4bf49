/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f16. Formula and layouts: layernorm.h. Arrays
 * f16, arithmetic f32, rounded once. ISA: NEON (AArch64), 4 lanes. Method,
 * preconditions, tails and deviation from the reference: layernorm_tile.h. Row:
 * layernorm.def; test: test_kernels.c.
 */
#define KERNEL assay_layernorm_f16_neon
#define ASSAY_HALF
#include "kernels/layernorm/layernorm_tile.h"
