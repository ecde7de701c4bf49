/* SPDX-License-Identifier: Apache-2.0
 *
 * Slice, f16: 2 bytes an element. Formula and layouts: slice.h. ISA: NEON
 * (AArch64). Method, preconditions, tails and deviation from the reference:
 * slice_tile.h. Row: slice.def; test: test_kernels.c.
 */
#define KERNEL assay_slice_f16_neon
#define ELEMENT uint16_t
#include "kernels/slice/slice_tile.h"
