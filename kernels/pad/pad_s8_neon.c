/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, s8: 1 byte an element. Formula and layouts: pad.h. ISA: NEON (AArch64).
 * Method, preconditions, tails and deviation from the reference: pad_tile.h.
 * Row: pad.def; test: test_kernels.c.
 */
#define KERNEL assay_pad_s8_neon
#define ELEMENT uint8_t
#define VALUE assay_pad_s8
#include "kernels/pad/pad_tile.h"
