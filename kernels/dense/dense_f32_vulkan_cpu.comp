/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, for CPU drivers of Vulkan (llvmpipe).
 * Formula and layouts: dense.h; packed constants: dense_pack.h, width tile_n.
 * f32 products and sums (fma). Needs subgroup ballot operations and subgroups
 * of 4, 8 or 16. Blocking: gemm_cpu.glsl, ROWS rows of x by LANES x COLS
 * outputs in a work-group. Any shape; nothing is read or written beyond the
 * arrays. Differs from the reference by f32 rounding. Launch: dense_vulkan.c;
 * row: dense.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
layout(constant_id = 4) const uint ROWS = 8u;
layout(constant_id = 5) const uint COLS = 4u;
layout(constant_id = 6) const uint VECTOR = 0u;
layout(push_constant) uniform words
{
    uint m, columns, depth, width;
    float low, high;
};
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
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
    const uint first = group_number() / blocks * ROWS;
    if (first >= m)
        return;
    const uint j = (group_number() % blocks * LANES + lane) * COLS;
    uint row[ROWS];
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        row[i] = min(first + i, m - 1u) * depth;
    gemm_begin(0u, j);
    for (uint l = 0u; l < depth; l += LANES) {
        float a[ROWS];
        const uint at = min(l + lane, depth - 1u);
        [[unroll]] for (uint i = 0u; i < ROWS; i++) {
            const float v = x[row[i] + at];
            a[i] = l + lane < depth ? v : 0.0;
        }
        gemm_steps(l, a);
    }
    gemm_end(first, m, columns, 0u, j);
}
