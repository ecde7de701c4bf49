/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, s8. Formula and layouts: binary.h. ISA: NEON
 * (AArch64), 4 lanes. Method, preconditions, tails and deviation from the
 * reference: binary_s8_tile.h. Row: binary.def; test: test_kernels.c.
 */
#define KERNEL assay_binary_s8_neon
#include "kernels/binary/binary_s8_tile.h"
