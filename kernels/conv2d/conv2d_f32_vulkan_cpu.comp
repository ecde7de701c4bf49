/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, for CPU drivers of Vulkan (llvmpipe), as an implicit GEMM.
 * Formula and layouts: conv2d.h; packed constants: conv2d_pack.h, width tile_n.
 * f32 products and sums (fma). Needs subgroup ballot operations and subgroups
 * of 4, 8 or 16. Blocking: gemm_cpu.glsl, ROWS output pixels by LANES x COLS
 * channels of one group in a work-group; a lane finds the tap and channel of
 * its step of the depth once for all pixels (conv2d_rows.glsl). Any shape.
 * Differs from the reference by f32 rounding. Launch: conv2d_vulkan.c; row:
 * conv2d.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
layout(constant_id = 4) const uint PAD = 0u;
layout(constant_id = 5) const uint ROWS = 8u;
layout(constant_id = 6) const uint COLS = 4u;
layout(constant_id = 7) const uint VECTOR = 0u;
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
#define ROWS_VALUE float
#define ROWS_GET(at) x[at]
#include "conv2d/conv2d_rows.glsl"
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 1) readonly buffer w_array2 { vec2 w2[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { vec4 y4[]; };
#include "gemm_cpu.glsl"

void main()
{
    const uint lane = gl_SubgroupInvocationID;
    const uint blocks = (columns + LANES * COLS - 1u) / (LANES * COLS);
    const uint first = group_number() / (blocks * groups) * ROWS;
    if (first >= pixels)
        return;
    const uint g = group_number() / blocks % groups;
    const uint j = (group_number() % blocks * LANES + lane) * COLS;
    rows_begin(g, first, 1u);
    gemm_begin(g * group_size, j);
    for (uint l = 0u; l < depth; l += LANES) {
        float a[ROWS];
        rows_load(l + lane, a);
        gemm_steps(l, a);
    }
    gemm_end(first, pixels, columns * groups, g * columns, j);
}
