/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, s8. Formula and layouts: binary.h. ISA: AVX2, FMA
 * and F16C, 8 lanes. Method, preconditions, tails and deviation from the
 * reference: binary_s8_tile.h. Row: binary.def; test: test_kernels.c.
 */
#define KERNEL assay_binary_s8_avx2
#include "kernels/binary/binary_s8_tile.h"
