/* SPDX-License-Identifier: Apache-2.0
 *
 * Maximum and average pooling over NHWC, f32.
 * Formula and layouts: pool.h. f32 throughout. ISA: AVX-512 F, BW, DQ and VL,
 * 16 lanes. Method, preconditions, tails and deviation from the reference:
 * pool_f32_tile.h. Row: pool.def; test: test_kernels.c.
 */
#define KERNEL assay_pool_f32_avx512
#include "kernels/pool/pool_f32_tile.h"
