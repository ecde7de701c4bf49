/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling over NHWC, f16: sums in f32. Formula and layouts: pool.h. ISA: NEON
 * (AArch64). Method, preconditions, tails and deviation from the reference:
 * pool_tile.h. Row: pool.def; test: test_kernels.c.
 */
#define KERNEL assay_pool_f16_neon
#define ASSAY_HALF
#include "kernels/pool/pool_tile.h"
