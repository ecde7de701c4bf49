/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, NEON (AArch64). f32 accumulators. Register tile: gemm_f32_neon.h;
 * blocking: dense_f32_tile.h; contract: dense.h. Arrays need no alignment.
 * Deviates from the reference by rounding only. Row: dense.def; test:
 * test_kernels.c.
 */
#include "kernels/dense/gemm_f32_neon.h"

#include "kernels/dense/dense_f32_tile.h"

void assay_dense_f32_neon(const struct assay_cpu_call *call);

void assay_dense_f32_neon(const struct assay_cpu_call *call)
{
    dense_f32(call);
}
