/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, f32: 4 bytes an element. Formula and layouts: concat.h. ISA: NEON
 * (AArch64). Method, preconditions, tails and deviation from the reference:
 * concat_tile.h. Row: concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_f32_neon
#define ELEMENT uint32_t
#include "kernels/concat/concat_tile.h"
