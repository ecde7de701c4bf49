/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32. Formula and layouts: dropout.h. f32 throughout. ISA: NEON
 * (AArch64), 4 lanes. Method, preconditions, tails and deviation from the
 * reference: dropout_tile.h. Row: dropout.def; test: test_kernels.c.
 */
#define KERNEL assay_dropout_f32_neon
#include "kernels/dropout/dropout_tile.h"
