/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f16, NEON (AArch64). f32 accumulators, one rounding at the end.
 * Register tile: gemm_f32_neon.h; blocking: conv2d_f16_tile.h and
 * conv2d_whole_tile.h; contract: conv2d.h. Arrays need no alignment. Deviates
 * from the reference by rounding only. Row: conv2d.def; test: test_kernels.c.
 */
#define TILE_HALF
#include "kernels/dense/gemm_f32_neon.h"

#include "kernels/conv2d/conv2d_f16_tile.h"

void assay_conv2d_f16_neon(const struct assay_cpu_call *call);

void assay_conv2d_f16_neon(const struct assay_cpu_call *call)
{
    conv2d_f16(call);
}
