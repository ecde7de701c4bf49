/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, f16: 2 bytes an element. Formula and layouts: concat.h. ISA: NEON
 * (AArch64). Method, preconditions, tails and deviation from the reference:
 * concat_tile.h. Row: concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_f16_neon
#define ELEMENT uint16_t
#include "kernels/concat/concat_tile.h"
