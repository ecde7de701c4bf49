/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f16. Formula and layouts: softmax.h. Arrays f16, arithmetic
 * f32, rounded once. ISA: NEON (AArch64), 4 lanes. Method, preconditions, tails
 * and deviation from the reference: softmax_tile.h. Row: softmax.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_softmax_f16_neon
#define ASSAY_HALF
#include "kernels/softmax/softmax_tile.h"
