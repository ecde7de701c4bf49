/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise sum with an activation, f32.
 * Formula and layouts: add.h. f32 throughout. ISA: AVX-512 F, BW, DQ and VL, 16
 * lanes. Method, preconditions, tails and deviation from the reference:
 * add_f32_tile.h. Row: add.def; test: test_kernels.c.
 */
#define KERNEL assay_add_f32_avx512
#include "kernels/add/add_f32_tile.h"
