/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f16. Formula and layouts: dropout.h. Arrays f16, arithmetic f32,
 * rounded once. ISA: AVX-512 F, BW, DQ and VL, 16 lanes. Method,
 * preconditions, tails and deviation from the reference: dropout_tile.h. Row:
 * dropout.def; test: test_kernels.c.
 */
#define KERNEL assay_dropout_f16_avx512
#define ASSAY_HALF
#include "kernels/dropout/dropout_tile.h"
