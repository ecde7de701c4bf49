/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f16. Formula and layouts: dropout.h. Arrays f16, arithmetic f32,
 * rounded once. ISA: AVX2, FMA and F16C, 8 lanes. Method, preconditions, tails
 * and deviation from the reference: dropout_tile.h. Row: dropout.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_dropout_f16_avx2
#define ASSAY_HALF
#include "kernels/dropout/dropout_tile.h"
