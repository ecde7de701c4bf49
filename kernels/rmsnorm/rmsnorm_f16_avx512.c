/* SPDX-License-Identifier: Apache-2.0
 *
 * Root-mean-square normalization of rows, f16. Formula and layouts: rmsnorm.h.
 * Arrays f16, arithmetic f32, rounded once. ISA: AVX-512 F, BW, DQ and VL, 16
 * lanes. Method, preconditions, tails and deviation from the reference:
 * layernorm_tile.h. Row: rmsnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_rmsnorm_f16_avx512
#define ASSAY_HALF
#define NORM_RMS
#include "kernels/layernorm/layernorm_tile.h"
