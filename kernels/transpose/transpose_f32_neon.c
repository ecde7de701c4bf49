/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, f32: 4 bytes an element. Formula and layouts:
 * transpose.h. ISA: NEON (AArch64). Method, preconditions, tails and deviation
 * from the reference: transpose_tile.h. Row: transpose.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_transpose_f32_neon
#define ELEMENT uint32_t
#define ELEMENT_BYTES 4
#include "kernels/transpose/transpose_tile.h"
