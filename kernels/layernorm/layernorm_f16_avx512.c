/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f16. Formula and layouts: layernorm.h. Arrays
 * f16, arithmetic f32, rounded once. ISA: AVX-512 F, BW, DQ and VL, 16 lanes.
 * Method, preconditions, tails and deviation from the reference:
 * layernorm_tile.h. Row: layernorm.def; test: test_kernels.c.
 */
#define KERNEL assay_layernorm_f16_avx512
#define ASSAY_HALF
#include "kernels/layernorm/layernorm_tile.h"
