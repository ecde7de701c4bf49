/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization with fused activation, f16. Formula and layouts:
 * batchnorm.h. Arrays f16, arithmetic f32, rounded once. ISA: NEON (AArch64), 4
 * lanes. Method, preconditions, tails and deviation from the reference:
 * batchnorm_tile.h. Row: batchnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_batchnorm_f16_neon
#define ASSAY_HALF
#include "kernels/batchnorm/batchnorm_tile.h"
