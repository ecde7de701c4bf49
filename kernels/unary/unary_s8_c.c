/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, s8. Formula and layouts: unary.h. ISA: the compiler's
 * default (x86-64: SSE2), 4 lanes. Method, preconditions, tails and deviation
 * from the reference: unary_s8_tile.h. Row: unary.def; test: test_kernels.c.
 */
#define KERNEL assay_unary_s8_c
#include "kernels/unary/unary_s8_tile.h"
