/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f16. Formula and layouts: softmax.h. Arrays f16, arithmetic
 * f32, rounded once. ISA: AVX-512 F, BW, DQ and VL, 16 lanes. Method,
 * preconditions, tails and deviation from the reference: softmax_tile.h. Row:
 * softmax.def; test: test_kernels.c.
 */
#define KERNEL assay_softmax_f16_avx512
#define ASSAY_HALF
#include "kernels/softmax/softmax_tile.h"
