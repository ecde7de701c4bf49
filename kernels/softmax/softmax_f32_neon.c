/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f32. Formula and layouts: softmax.h. f32 throughout. ISA:
 * NEON (AArch64), 4 lanes. Method, preconditions, tails and deviation from the
 * reference: softmax_tile.h. Row: softmax.def; test: test_kernels.c.
 */
#define KERNEL assay_softmax_f32_neon
#include "kernels/softmax/softmax_tile.h"
