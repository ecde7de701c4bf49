/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f16. Formula and layouts: binary.h. ISA: NEON
 * (AArch64), 4 lanes. Method, preconditions, tails and deviation from the
 * reference: binary_real_tile.h. Row: binary.def; test: test_kernels.c.
 */
#define KERNEL assay_binary_f16_neon
#define ASSAY_HALF
#include "kernels/binary/binary_real_tile.h"
