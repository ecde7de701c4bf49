/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f16, for CPU drivers of Vulkan (llvmpipe), as an implicit GEMM.
 * Formula and layouts: conv2d.h; packed constants: conv2d_pack.h, width tile_n.
 * f32 products and sums (fma), rounded once.
 * Needs subgroup ballot operations, subgroups of 4, 8 or 16, and 16-bit storage.
 * Blocking: gemm_f16_cpu.glsl, ROWS output pixels by LANES x COLS channels
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
layout(constant_id = 5) const uint ROWS = 8u;
layout(constant_id = 6) const uint COLS = 4u;
layout(set = 0, binding = 0) readonly buffer x_array { uint16_t x[]; };
#define ROWS_VALUE float
#define ROWS_GET(at) unpackHalf2x16(uint(x[at])).x
#include "conv2d/conv2d_rows.glsl"
layout(set = 0, binding = 1) readonly buffer w_array { uint w[]; };
layout(set = 0, binding = 1) readonly buffer w_array2 { uvec2 w2[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { uint16_t y[]; };
#include "gemm_f16_cpu.glsl"

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
