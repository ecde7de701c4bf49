/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f32. Formula and layouts: binary.h. ISA: AVX-512 F,
 * BW, DQ and VL, 16 lanes. Method, preconditions, tails and deviation from the
 * reference: binary_real_tile.h. Row: binary.def; test: test_kernels.c.
 */
#define KERNEL assay_binary_f32_avx512
#include "kernels/binary/binary_real_tile.h"
