/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, s8, for CPU drivers of Vulkan (llvmpipe), as an implicit GEMM.
 * Formula and layouts: conv2d.h, quantized.h; packed constants: conv2d_words.h, width tile_n.
 * f32 products and sums, exact, over 1024 steps, int sums over those.
 * Needs subgroup ballot operations, subgroups of 4, 8 or 16, and 8-bit storage.
 * Blocking: gemm_s8_cpu.glsl, ROWS output pixels by LANES x COLS channels
 * of one group in a work-group, the pixels' elements by conv2d_rows.glsl.
 * Any shape. Equal to the reference to the bit.
 * Launch: conv2d_vulkan.c; row: conv2d.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
layout(constant_id = 3) const uint OUT = 2u;
layout(constant_id = 4) const uint PAD = 0u;
layout(constant_id = 5) const uint ROWS = 8u;
layout(constant_id = 6) const uint COLS = 4u;
layout(constant_id = 8) const uint WZERO = 0u;
#extension GL_EXT_shader_8bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
layout(set = 0, binding = 0) readonly buffer x_array { int8_t x[]; };
#define ROWS_VALUE float
#define ROWS_GET(at) float(int(x[at]))
#define ROWS_QUANTIZED
#include "conv2d/conv2d_rows.glsl"
#include "requantize.glsl"
layout(set = 0, binding = 1) readonly buffer w_array { int w[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array8 { int8_t y8[]; };
layout(set = 0, binding = 2) writeonly buffer y_array32 { int y32[]; };
#include "gemm_s8_cpu.glsl"

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
        gemm_row_sums(a);
        gemm_steps(l, a);
        if ((l + LANES) % GEMM_EXACT == 0u)
            gemm_fold();
    }
    gemm_end(first, pixels, columns * groups, g * columns, j);
}
