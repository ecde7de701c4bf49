/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, f32: 4 bytes an element. Formula and layouts: concat.h. ISA: the
 * compiler's default (x86-64: SSE2). Method, preconditions, tails and deviation
 * from the reference: concat_tile.h. Row: concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_f32_c
#define ELEMENT uint32_t
#include "kernels/concat/concat_tile.h"
