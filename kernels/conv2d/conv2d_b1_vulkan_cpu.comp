/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, b1, for CPU drivers of Vulkan (llvmpipe), as an implicit GEMM.
 * Formula and layouts: conv2d.h, quantized.h; packed constants: conv2d_words.h, width tile_n.
 * Bits are counted by bitCount, in int; where a window leaves the image, as if
 * those taps were 0 (conv2d_words.h).
 * Needs subgroup ballot operations, subgroups of 4, 8 or 16, and 8-bit storage.
 * Blocking: gemm_b1_cpu.glsl, ROWS output pixels by LANES x COLS channels
 * of one group in a work-group, the pixels' elements by conv2d_rows.glsl.
 * Any shape. Equal to the reference to the bit.
 * Launch: conv2d_vulkan.c; row: conv2d.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
layout(constant_id = 3) const uint OUT = 3u;
layout(constant_id = 4) const uint PAD = 0u;
layout(constant_id = 5) const uint ROWS = 8u;
layout(constant_id = 6) const uint COLS = 4u;
layout(constant_id = 8) const uint BIAS = 0u;
#extension GL_EXT_shader_8bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
layout(set = 0, binding = 0) readonly buffer x_array { uint x[]; };
#define ROWS_VALUE uint
#define ROWS_GET(at) x[at]
#define ROWS_QUANTIZED
#define ROWS_BITS
#include "conv2d/conv2d_rows.glsl"
#include "requantize.glsl"
layout(set = 0, binding = 1) readonly buffer w_array { uint w[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { uvec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array8 { uint8_t y8[]; };
layout(set = 0, binding = 2) writeonly buffer y_array32 { int y32[]; };
#define channels uint(extra)
#include "gemm_b1_cpu.glsl"
#include "conv2d/conv2d_half.glsl"

/* The counts of windows that leave the image. */
void correct(uint group, uint j)
{
    uint at = half_first(group, j);
    for (int tap = 0; tap < int(depth) / group_c; tap++, at += width)
        [[unroll]] for (uint i = 0u; i < ROWS; i++)
            if (half_wanted(tap, top[i], left[i]))
                [[unroll]] for (uint n = 0u; n < COLS; n++)
                    acc[i][n] += int(w[at + n]);
}

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
        uint a[ROWS];
        rows_load(l + lane, a);
        gemm_steps(l, a);
    }
    if (PAD == 1u)
        correct(g, j);
    gemm_end(first, pixels, columns * groups, g * columns, j);
}
