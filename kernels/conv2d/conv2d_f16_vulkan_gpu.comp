/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f16, for GPUs, as an implicit GEMM.
 * Formula and layouts: conv2d.h; packed constants: conv2d_pack.h, width 64.
 * f32 products and sums (fma), rounded once.
 * Vulkan 1.1, 128 invocations, 8.5 KiB of shared memory, 16-bit storage.
 * Blocking: gemm_f16_gpu.glsl, 64 output pixels by 64 channels
 * of one group in a work-group, the pixels' elements by conv2d_rows.glsl.
 * Any shape. Differs from the reference by rounding.
 * Launch: conv2d_vulkan.c; row: conv2d.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
layout(constant_id = 4) const uint PAD = 0u;
const uint ROWS = 8u;
layout(set = 0, binding = 0) readonly buffer x_array { uint16_t x[]; };
#define ROWS_VALUE float
#define ROWS_GET(at) unpackHalf2x16(uint(x[at])).x
#include "conv2d/conv2d_rows.glsl"
layout(set = 0, binding = 1) readonly buffer w_array2 { uvec2 w2[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w_bias[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { uint16_t y[]; };
#include "gemm_f16_gpu.glsl"

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
