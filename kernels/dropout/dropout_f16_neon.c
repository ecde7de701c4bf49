/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f16. Formula and layouts: dropout.h. Arrays f16, arithmetic f32,
 * rounded once. ISA: NEON (AArch64), 4 lanes. Method, preconditions, tails and
 * deviation from the reference: dropout_tile.h. Row: dropout.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_dropout_f16_neon
#define ASSAY_HALF
#include "kernels/dropout/dropout_tile.h"
