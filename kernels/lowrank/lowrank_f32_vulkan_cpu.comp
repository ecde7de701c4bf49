/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, f32, for CPU drivers of Vulkan (llvmpipe).
 * Formula and layouts: lowrank.h; packed weights: lowrank_pack.h. f32 products
 * and sums (fma). Needs subgroup ballot operations and subgroups of 4, 8 or 16.
 * A work-group, one subgroup, computes t for ROWS rows with the blocking of
 * gemm_cpu.glsl, into shared memory, then their outputs from there, or some of
 * them where the rows are few. Nothing is read or written beyond the arrays.
 * Differs from the reference by f32 rounding. Launch: lowrank_launch.c; row:
 * lowrank.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
layout(constant_id = 4) const uint ROWS = 8u;
layout(constant_id = 5) const uint R = 64u; /* ≥ r */
const uint COLS = 4u, VECTOR = 0u;
layout(push_constant) uniform words
{
    float low, high;
    uint m, n, k, r, after, outputs, width;
};
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 1) readonly buffer w_array2 { vec2 w2[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { vec4 y4[]; };
shared float t[ROWS * R];
uint depth, columns;
#include "gemm_cpu.glsl"

void main()
{
    const uint lane = gl_SubgroupInvocationID;
    const uint across = (n + outputs - 1u) / outputs;
    const uint first = group_number() / across * ROWS;
    const uint begin = group_number() % across * outputs;
    if (first >= m)
        return;
    uint row[ROWS];
    float a[ROWS];
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        row[i] = min(first + i, m - 1u) * k;
    depth = k;
    columns = r;
    for (uint j = lane * COLS; j - lane * COLS < r; j += LANES * COLS) {
        gemm_begin(0u, j);
        for (uint l = 0u; l < k; l += LANES) {
            const uint at = min(l + lane, k - 1u);
            [[unroll]] for (uint i = 0u; i < ROWS; i++) {
                const float v = x[row[i] + at];
                a[i] = l + lane < k ? v : 0.0;
            }
            gemm_steps(l, a);
        }
        [[unroll]] for (uint i = 0u; i < ROWS; i++)
            [[unroll]] for (uint c = 0u; c < COLS; c++)
                if (j + c < r)
                    t[i * R + j + c] = acc[i][c];
    }
    barrier();
    depth = r;
    columns = n;
    const uint end = min(begin + outputs, n);
    for (uint j = begin + lane * COLS; j - lane * COLS < end;
         j += LANES * COLS) {
        gemm_begin(after, j);
        for (uint l = 0u; l < r; l += LANES) {
            const uint at = min(l + lane, r - 1u);
            [[unroll]] for (uint i = 0u; i < ROWS; i++) {
                const float v = t[i * R + at];
                a[i] = l + lane < r ? v : 0.0;
            }
            gemm_steps(l, a);
        }
        gemm_end(first, m, n, 0u, j);
    }
}
