/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, b1, for GPUs.
 * Formula and layouts: dense.h, quantized.h; packed constants: dense_pack.h, width 64.
 * Bits are counted by bitCount, in int.
 * Vulkan 1.1, 128 invocations, 9 KiB of shared memory.
 * Blocking: gemm_gpu_steps.glsl. Any shape; rows beyond the last repeat it and
 * are not written. Equal to the reference to the bit.
 * Launch: dense_vulkan.c; row: dense.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
layout(constant_id = 3) const uint OUT = 3u;
layout(constant_id = 4) const uint BIAS = 0u;
layout(push_constant) uniform words
{
    uint m, columns, channels, width;
};
layout(set = 0, binding = 0) readonly buffer x_array { uint x[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { uvec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array1 { uint y_bits[]; };
#define depth (channels / 32u)
const uint ROWS = 8u;
uint row[ROWS];

void rows_load(uint l, out uint a[ROWS])
{
    for (uint i = 0u; i < ROWS; i++)
        a[i] = l < depth ? x[row[i] + l] : 0u;
}

#include "gemm_b1_gpu.glsl"

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
