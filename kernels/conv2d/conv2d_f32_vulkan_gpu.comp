/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, for GPUs, as an implicit GEMM.
 * Formula and layouts: conv2d.h; packed constants: conv2d_pack.h, width 64.
 * f32 products and sums (fma). Vulkan 1.1, 128 invocations, 8.5 KiB of shared
 * memory. Blocking: gemm_gpu.glsl, 64 output pixels by 64 channels of one group
 * in a work-group, the pixels' elements by conv2d_rows.glsl. Any shape.
 * Differs from the reference by f32 rounding. Launch: conv2d_vulkan.c; row:
 * conv2d.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
layout(constant_id = 4) const uint PAD = 0u;
const uint ROWS = 8u;
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
#define ROWS_VALUE float
#define ROWS_GET(at) x[at]
#include "conv2d/conv2d_rows.glsl"
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
#include "gemm_gpu.glsl"

void main()
{
    const uint blocks = (columns + TILE - 1u) / TILE;
    const uint first = group_number() / (blocks * groups) * TILE;
    if (first >= pixels)
        return;
    const uint g = group_number() / blocks % groups;
    rows_begin(g, first + gl_LocalInvocationID.x / STEPS, 8u);
    gemm(first, pixels, columns * groups, g * group_size,
         group_number() % blocks, g * columns);
}
