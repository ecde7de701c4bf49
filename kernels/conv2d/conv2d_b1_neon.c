/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, b1, NEON (AArch64). int32 counts. Register tile: gemm_b1_neon.h;
 * blocking: conv2d_b1_tile.h and conv2d_whole_tile.h; contract: conv2d.h and
 * quantized.h. Arrays are aligned to 4 bytes. Equal to the reference to the
 * bit. Row: conv2d.def; test: test_kernels.c.
 */
#include "kernels/dense/gemm_b1_neon.h"

#include "kernels/conv2d/conv2d_b1_tile.h"

void assay_conv2d_b1_neon(const struct assay_cpu_call *call);

void assay_conv2d_b1_neon(const struct assay_cpu_call *call)
{
    conv2d_b1(call);
}
