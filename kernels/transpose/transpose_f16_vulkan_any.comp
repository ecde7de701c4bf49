#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, f16, Vulkan. Formula and layouts: transpose.h. Where
 * planes are turned (transpose.glsl), which takes lines of a multiple of four,
 * an invocation turns a square of 4 x 4 in registers, two words a line. x and y
 * do not overlap. Deviation: none. Row: transpose.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "transpose/transpose.glsl"

layout(set = 0, binding = 0) readonly buffer x_array2 { uvec2 x_pairs[]; };
layout(set = 0, binding = 1) writeonly buffer y_array2 { uvec2 y_pairs[]; };

#define LOW(a, b) ((a) & 0xffffu | (b) << 16u)
#define HIGH(a, b) ((a) >> 16u | (b) & 0xffff0000u)

void main()
{
    if (TURN == 0u) {
        move();
        return;
    }
    const uint square = group_number() * gl_WorkGroupSize.x +
                        gl_LocalInvocationID.x;
    if (square >= n)
        return;
    const tile t = tile_number(square, 4u);
    const uint from = t.x / 4u, to = t.y / 4u;
    const uint down = X_STEP / 4u, along = Y_STEP / 4u;
    const uvec2 a = x_pairs[from], b = x_pairs[from + down],
                c = x_pairs[from + down * 2u], d = x_pairs[from + down * 3u];
    y_pairs[to] = uvec2(LOW(a.x, b.x), LOW(c.x, d.x));
    y_pairs[to + along] = uvec2(HIGH(a.x, b.x), HIGH(c.x, d.x));
    y_pairs[to + along * 2u] = uvec2(LOW(a.y, b.y), LOW(c.y, d.y));
    y_pairs[to + along * 3u] = uvec2(HIGH(a.y, b.y), HIGH(c.y, d.y));
}
