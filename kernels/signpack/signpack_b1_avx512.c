/* SPDX-License-Identifier: Apache-2.0
 *
 * Signs as bits, b1. Formula and layouts: signpack.h. ISA: AVX-512 F, BW, DQ
 * and VL, 16 lanes. Method, preconditions, tails and deviation from the
 * reference: signpack_b1_tile.h. Row: signpack.def; test: test_kernels.c.
 */
#define KERNEL assay_signpack_b1_avx512
#include "kernels/signpack/signpack_b1_tile.h"
