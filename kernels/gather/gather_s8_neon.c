/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, s8: 1 byte an element. Formula and layouts: gather.h. ISA: NEON
 * (AArch64). Method, preconditions, tails and deviation from the reference:
 * gather_tile.h. Row: gather.def; test: test_kernels.c.
 */
#define KERNEL assay_gather_s8_neon
#define ELEMENT uint8_t
#include "kernels/gather/gather_tile.h"
