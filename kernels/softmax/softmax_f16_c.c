/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f16. Formula and layouts: softmax.h. Arrays f16, arithmetic
 * f32, rounded once. ISA: the compiler's default (x86-64: SSE2), 4 lanes.
 * Method, preconditions, tails and deviation from the reference:
 * softmax_tile.h. Row: softmax.def; test: test_kernels.c.
 */
#define KERNEL assay_softmax_f16_c
#define ASSAY_HALF
#include "kernels/softmax/softmax_tile.h"
