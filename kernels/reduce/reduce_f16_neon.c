/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f16. Formula and layouts: reduce.h.
 * Arrays f16, arithmetic f32, rounded once. ISA: NEON (AArch64), 4 lanes.
 * Method, preconditions, tails and deviation from the reference: reduce_tile.h.
 * Row: reduce.def; test: test_kernels.c.
 */
#define KERNEL assay_reduce_f16_neon
#define ASSAY_HALF
#include "kernels/reduce/reduce_tile.h"
