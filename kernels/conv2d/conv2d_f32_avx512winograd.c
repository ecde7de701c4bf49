/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, AVX-512, by Winograd's F(4x4, 3x3). f32 accumulators. Register
 * tile: gemm_f32_avx512.h; method, preconditions and deviation from the
 * reference: conv2d_winograd.h, conv2d_winograd_tile.h; contract: conv2d.h.
 * Arrays need no alignment. Row: conv2d.def; test: test_kernels.c.
 */
#include "kernels/dense/gemm_f32_avx512.h"

#include "kernels/conv2d/conv2d_winograd_tile.h"

void assay_conv2d_f32_avx512winograd(const struct assay_cpu_call *call);

void assay_conv2d_f32_avx512winograd(const struct assay_cpu_call *call)
{
    conv2d_winograd(call);
}
