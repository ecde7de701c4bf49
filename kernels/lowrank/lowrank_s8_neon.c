/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, s8, NEON (AArch64). int32 sums, s8 intermediate. Register
 * tile: gemm_s8_neon.h; blocking: lowrank_s8_tile.h; contract: lowrank.h and
 * quantized.h. Arrays need no alignment. Equal to the reference to the bit.
 * Row: lowrank.def; test: test_kernels.c.
 */
#include "kernels/dense/gemm_s8_neon.h"

#include "kernels/lowrank/lowrank_s8_tile.h"

assay_cpu_function assay_lowrank_s8_neon;

void assay_lowrank_s8_neon(const struct assay_cpu_call *call)
{
    lowrank_s8(call);
}
