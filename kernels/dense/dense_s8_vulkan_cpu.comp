/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, s8, for CPU drivers of Vulkan (llvmpipe).
 * Formula and layouts: dense.h, quantized.h; packed constants: dense_pack.h, width tile_n.
 * f32 products and sums, exact, over 1024 steps, int sums over those.
 * Needs subgroup ballot operations and subgroups of 4, 8 or 16, and 8-bit storage.
 * Blocking: gemm_steps.glsl, ROWS rows of x by LANES x COLS outputs in a
 * work-group. Any shape; nothing is read or written beyond the arrays. Equal to
 * the reference to the bit.
 * Launch: dense_vulkan.c; row: dense.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
layout(constant_id = 3) const uint OUT = 2u;
layout(constant_id = 4) const uint ROWS = 8u;
layout(constant_id = 5) const uint COLS = 4u;
layout(constant_id = 7) const uint WZERO = 0u;
layout(push_constant) uniform words
{
    uint m, columns, depth, width;
    float low, high;
    int y_zero;
};
#include "requantize.glsl"
layout(set = 0, binding = 0) readonly buffer x_array { int8_t x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { int w[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array8 { int8_t y8[]; };
layout(set = 0, binding = 2) writeonly buffer y_array32 { int y32[]; };
#include "gemm_s8_cpu.glsl"

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
            const float v = float(int(x[row[i] + at]));
            a[i] = l + lane < depth ? v : 0.0;
        }
        gemm_row_sums(a);
        gemm_steps(l, a);
        if ((l + LANES) % GEMM_EXACT == 0u)
            gemm_fold();
    }
    gemm_end(first, m, columns, 0u, j);
}
