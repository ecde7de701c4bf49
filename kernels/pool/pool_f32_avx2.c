/* SPDX-License-Identifier: Apache-2.0
 *
 * Maximum and average pooling over NHWC, f32.
 * Formula and layouts: pool.h. f32 throughout. ISA: AVX2 and FMA, 8 lanes.
 * Method, preconditions, tails and deviation from the reference:
 * pool_f32_tile.h. Row: pool.def; test: test_kernels.c.
 */
#define KERNEL assay_pool_f32_avx2
#include "kernels/pool/pool_f32_tile.h"
