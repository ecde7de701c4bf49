/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, f16: 2 bytes an element. Formula and layouts: concat.h. ISA: the
 * compiler's default (x86-64: SSE2). Method, preconditions, tails and deviation
 * from the reference: concat_tile.h. Row: concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_f16_c
#define ELEMENT uint16_t
#include "kernels/concat/concat_tile.h"
