/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, b1, for GPUs, as an implicit GEMM.
 * Formula and layouts: conv2d.h, quantized.h; packed constants: conv2d_words.h, width 64.
 * Bits are counted by bitCount, in int; where a window leaves the image, as if
 * those taps were 0 (conv2d_words.h).
 * Vulkan 1.1, 128 invocations, 8.5 KiB of shared memory.
 * Blocking: gemm_b1_gpu.glsl, 64 output pixels by 64 channels
 * of one group in a work-group, the pixels' elements by conv2d_rows.glsl.
 * Any shape. Equal to the reference to the bit.
 * Launch: conv2d_vulkan.c; row: conv2d.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
layout(constant_id = 3) const uint OUT = 3u;
layout(constant_id = 4) const uint PAD = 0u;
const uint ROWS = 8u;
layout(constant_id = 5) const uint BIAS = 0u;
layout(set = 0, binding = 0) readonly buffer x_array { uint x[]; };
#define ROWS_VALUE uint
#define ROWS_GET(at) x[at]
#define ROWS_QUANTIZED
#define ROWS_BITS
#include "conv2d/conv2d_rows.glsl"
layout(set = 0, binding = 1) readonly buffer w_array4 { uvec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array1 { uint y_bits[]; };
#define channels uint(extra)
void correct(uint first, uint block);
#define GEMM_CORRECT(first, block) correct(first, block);
#include "gemm_b1_gpu.glsl"
#include "conv2d/conv2d_half.glsl"

uint group;

/* The counts of windows that leave the image, for the rows of acc. */
void correct(uint first, uint block)
{
    const uint begin = half_first(group, block * TILE + across * 4u) / 4u;
    if (PAD == 0u)
        return;
    for (uint i = 0u; i < 8u; i++) {
        const int pixel = int(min(first + down * 8u + i, pixels - 1u));
        const int t = pixel / q % p * stride_h - pad_top;
        const int l = pixel % q * stride_w - pad_left;
        for (int tap = 0; tap < int(depth) / group_c; tap++)
            if (half_wanted(tap, t, l))
                acc[i] += ivec4(w4[begin + uint(tap) * (TILE / 4u)]);
    }
}

void main()
{
    const uint blocks = (columns + TILE - 1u) / TILE;
    const uint first = group_number() / (blocks * groups) * TILE;
    if (first >= pixels)
        return;
    const uint g = group_number() / blocks % groups;
    group = g;
    rows_begin(g, first + gl_LocalInvocationID.x / STEPS, 8u);
    gemm(first, pixels, columns * groups, g * group_size,
         group_number() % blocks, g * columns);
}
