/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, s8. Formula and layouts: binary.h. ISA: the
 * compiler's default (x86-64: SSE2), 4 lanes. Method, preconditions, tails and
 * deviation from the reference: binary_s8_tile.h. Row: binary.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_binary_s8_c
#include "kernels/binary/binary_s8_tile.h"
