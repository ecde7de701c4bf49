/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization with fused activation, f32. Formula and layouts:
 * batchnorm.h. f32 throughout. ISA: NEON (AArch64), 4 lanes. Method,
 * preconditions, tails and deviation from the reference: batchnorm_tile.h. Row:
 * batchnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_batchnorm_f32_neon
#include "kernels/batchnorm/batchnorm_tile.h"
