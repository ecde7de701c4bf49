/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, f16: 2 bytes an element. Formula and layouts: pad.h. ISA: the compiler's
 * default (x86-64: SSE2). Method, preconditions, tails and deviation from the
 * reference: pad_tile.h. Row: pad.def; test: test_kernels.c.
 */
#define KERNEL assay_pad_f16_c
#define ELEMENT uint16_t
#define VALUE assay_pad_f16
#include "kernels/pad/pad_tile.h"
