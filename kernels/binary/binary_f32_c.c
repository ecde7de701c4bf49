/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f32. Formula and layouts: binary.h. ISA: the
 * compiler's default (x86-64: SSE2), 4 lanes. Method, preconditions, tails and
 * deviation from the reference: binary_real_tile.h. Row: binary.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_binary_f32_c
#include "kernels/binary/binary_real_tile.h"
