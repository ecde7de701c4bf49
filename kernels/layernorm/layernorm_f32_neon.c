/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f32. Formula and layouts: layernorm.h. f32
 * throughout. ISA: NEON (AArch64), 4 lanes. Method, preconditions, tails and
 * deviation from the reference: layernorm_tile.h. Row: layernorm.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_layernorm_f32_neon
#include "kernels/layernorm/layernorm_tile.h"
