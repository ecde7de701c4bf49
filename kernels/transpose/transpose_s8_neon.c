/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, s8: 1 byte an element. Formula and layouts: transpose.h.
 * ISA: NEON (AArch64). Method, preconditions, tails and deviation from the
 * reference: transpose_tile.h. Row: transpose.def; test: test_kernels.c.
 */
#define KERNEL assay_transpose_s8_neon
#define ELEMENT uint8_t
#define ELEMENT_BYTES 1
#include "kernels/transpose/transpose_tile.h"
