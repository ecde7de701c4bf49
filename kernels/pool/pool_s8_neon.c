/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling over NHWC, s8: sums in 32-bit integers. Formula and layouts: pool.h.
 * ISA: NEON (AArch64). Method, preconditions, tails and deviation from the
 * reference: pool_s8_tile.h. Row: pool.def; test: test_kernels.c.
 */
#define KERNEL assay_pool_s8_neon
#include "kernels/pool/pool_s8_tile.h"
