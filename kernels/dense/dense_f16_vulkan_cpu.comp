/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f16, for CPU drivers of Vulkan (llvmpipe).
 * Formula and layouts: dense.h; packed constants: dense_pack.h, width tile_n.
 * f32 products and sums (fma), rounded once.
 * Needs subgroup ballot operations and subgroups of 4, 8 or 16, and 16-bit storage.
 * Blocking: gemm_steps.glsl, ROWS rows of x by LANES x COLS outputs in a
 * work-group. Any shape; nothing is read or written beyond the arrays. Differs from
 * the reference by rounding.
 * Launch: dense_vulkan.c; row: dense.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
layout(constant_id = 4) const uint ROWS = 8u;
layout(constant_id = 5) const uint COLS = 4u;
layout(push_constant) uniform words
{
    uint m, columns, depth, width;
    float low, high;
};
layout(set = 0, binding = 0) readonly buffer x_array { uint16_t x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { uint w[]; };
layout(set = 0, binding = 1) readonly buffer w_array2 { uvec2 w2[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { uint16_t y[]; };
#include "gemm_f16_cpu.glsl"

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
            const float v = unpackHalf2x16(uint(x[row[i] + at])).x;
            a[i] = l + lane < depth ? v : 0.0;
        }
        gemm_steps(l, a);
    }
    gemm_end(first, m, columns, 0u, j);
}
