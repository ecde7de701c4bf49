/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, f32, NEON (AArch64). f32 accumulators and intermediate.
 * Register tile: gemm_f32_neon.h; blocking: lowrank_f32_tile.h; contract:
 * lowrank.h. Arrays need no alignment. Deviates from the reference by rounding
 * only. Row: lowrank.def; test: test_kernels.c.
 */
#include "kernels/dense/gemm_f32_neon.h"

#include "kernels/lowrank/lowrank_f32_tile.h"

assay_cpu_function assay_lowrank_f32_neon;

void assay_lowrank_f32_neon(const struct assay_cpu_call *call)
{
    lowrank_f32(call);
}
