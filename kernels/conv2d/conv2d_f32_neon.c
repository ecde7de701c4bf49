/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, NEON (AArch64). f32 accumulators. Register tile:
 * gemm_f32_neon.h; blocking: conv2d_f32_tile.h; contract: conv2d.h. Arrays need
 * no alignment. Deviates from the reference by rounding only. Row: conv2d.def;
 * test: test_kernels.c.
 */
#include "kernels/dense/gemm_f32_neon.h"

#include "kernels/conv2d/conv2d_f32_tile.h"

void assay_conv2d_f32_neon(const struct assay_cpu_call *call);

void assay_conv2d_f32_neon(const struct assay_cpu_call *call)
{
    conv2d_f32(call);
}
