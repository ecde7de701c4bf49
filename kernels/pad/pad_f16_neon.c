/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, f16: 2 bytes an element. Formula and layouts: pad.h. ISA: NEON
 * (AArch64). Method, preconditions, tails and deviation from the reference:
 * pad_tile.h. Row: pad.def; test: test_kernels.c.
 */
#define KERNEL assay_pad_f16_neon
#define ELEMENT uint16_t
#define VALUE assay_pad_f16
#include "kernels/pad/pad_tile.h"
