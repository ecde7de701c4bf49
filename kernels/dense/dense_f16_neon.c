/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f16, NEON (AArch64). f32 accumulators,
 * rounded once. Register tile: gemm_f32_neon.h; blocking: dense_f16_tile.h;
 * contract: dense.h. Arrays need no alignment. Deviates from the reference by
 * rounding only. Row: dense.def; test: test_kernels.c.
 */
#define TILE_HALF
#include "kernels/dense/gemm_f32_neon.h"

#include "kernels/dense/dense_f16_tile.h"

void assay_dense_f16_neon(const struct assay_cpu_call *call);

void assay_dense_f16_neon(const struct assay_cpu_call *call)
{
    dense_f16(call);
}
