/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, s8: 1 byte an element. Formula and layouts: gather.h. ISA: the
 * compiler's default (x86-64: SSE2). Method, preconditions, tails and deviation
 * from the reference: gather_tile.h. Row: gather.def; test: test_kernels.c.
 */
#define KERNEL assay_gather_s8_c
#define ELEMENT uint8_t
#include "kernels/gather/gather_tile.h"
