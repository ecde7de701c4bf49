/* SPDX-License-Identifier: Apache-2.0
 *
 * Signs as bits, b1. Formula and layouts: signpack.h. ISA: NEON (AArch64), 4
 * lanes. Method, preconditions, tails and deviation from the reference:
 * signpack_b1_tile.h. Row: signpack.def; test: test_kernels.c.
 */
#define KERNEL assay_signpack_b1_neon
#include "kernels/signpack/signpack_b1_tile.h"
