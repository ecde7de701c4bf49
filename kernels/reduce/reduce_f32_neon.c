/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f32. Formula and layouts: reduce.h. f32
 * throughout. ISA: NEON (AArch64), 4 lanes. Method, preconditions, tails and
 * deviation from the reference: reduce_tile.h. Row: reduce.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_reduce_f32_neon
#include "kernels/reduce/reduce_tile.h"
