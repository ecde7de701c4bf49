/* SPDX-License-Identifier: Apache-2.0
 *
 * Root-mean-square normalization of rows, f32. Formula and layouts: rmsnorm.h.
 * f32 throughout. ISA: NEON (AArch64), 4 lanes. Method, preconditions, tails
 * and deviation from the reference: layernorm_tile.h. Row: rmsnorm.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_rmsnorm_f32_neon
#define NORM_RMS
#include "kernels/layernorm/layernorm_tile.h"
