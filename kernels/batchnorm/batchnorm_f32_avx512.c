/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization with fused activation, f32. Formula and layouts:
 * batchnorm.h. f32 throughout. ISA: AVX-512 F, BW, DQ and VL, 16 lanes.
 * Method, preconditions, tails and deviation from the reference:
 * batchnorm_tile.h. Row: batchnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_batchnorm_f32_avx512
#include "kernels/batchnorm/batchnorm_tile.h"
