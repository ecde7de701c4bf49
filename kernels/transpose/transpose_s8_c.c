/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, s8: 1 byte an element. Formula and layouts: transpose.h.
 * ISA: the compiler's default (x86-64: SSE2). Method, preconditions, tails and
 * deviation from the reference: transpose_tile.h. Row: transpose.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_transpose_s8_c
#define ELEMENT uint8_t
#define ELEMENT_BYTES 1
#include "kernels/transpose/transpose_tile.h"
