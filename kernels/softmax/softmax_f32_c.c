/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f32. Formula and layouts: softmax.h. f32 throughout. ISA:
 * the compiler's default (x86-64: SSE2), 4 lanes. Method, preconditions, tails
 * and deviation from the reference: softmax_tile.h. Row: softmax.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_softmax_f32_c
#include "kernels/softmax/softmax_tile.h"
