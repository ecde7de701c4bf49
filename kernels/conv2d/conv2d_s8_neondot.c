/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, s8, NEON with dot products (AArch64). int32 sums. Register tile:
 * gemm_s8_neondot.h; blocking: conv2d_s8_tile.h and conv2d_whole_tile.h;
 * contract: conv2d.h and quantized.h. Arrays need no alignment. Equal to the
 * reference to the bit. Row: conv2d.def; test: test_kernels.c.
 */
#include "kernels/dense/gemm_s8_neondot.h"

#include "kernels/conv2d/conv2d_s8_tile.h"

void assay_conv2d_s8_neondot(const struct assay_cpu_call *call);

void assay_conv2d_s8_neondot(const struct assay_cpu_call *call)
{
    conv2d_s8(call);
}
