/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f16, for GPUs.
 * Formula and layouts: dense.h; packed constants: dense_pack.h, width 64.
 * f32 products and sums (fma), rounded once.
 * Vulkan 1.1 with 16-bit storage, 128 invocations, 9 KiB of shared memory.
 * Blocking: gemm_gpu_steps.glsl. Any shape; rows beyond the last repeat it and
 * are not written. Differs from the reference by rounding.
 * Launch: dense_vulkan.c; row: dense.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
layout(push_constant) uniform words
{
    uint m, columns, depth, width;
    float low, high;
};
layout(set = 0, binding = 0) readonly buffer x_array { uint16_t x[]; };
layout(set = 0, binding = 1) readonly buffer w_array2 { uvec2 w2[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w_bias[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { uint16_t y[]; };
const uint ROWS = 8u;
uint row[ROWS];

void rows_load(uint l, out float a[ROWS])
{
    for (uint i = 0u; i < ROWS; i++)
        a[i] = l < depth ? unpackHalf2x16(uint(x[row[i] + l])).x : 0.0;
}

#include "gemm_f16_gpu.glsl"

void main()
{
    const uint blocks = (columns + TILE - 1u) / TILE;
    const uint first = group_number() / blocks * TILE;
    if (first >= m)
        return;
    for (uint i = 0u; i < ROWS; i++)
        row[i] = min(first + gl_LocalInvocationID.x / STEPS + 8u * i, m - 1u) *
                 depth;
    gemm(first, m, columns, 0u, group_number() % blocks, 0u);
}
