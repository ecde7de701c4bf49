#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, s8, Vulkan. Formula and layouts: transpose.h. Where
 * planes are turned (transpose.glsl), which takes lines of a multiple of four,
 * an invocation turns a square of 4 x 4 in registers, a word a line, in two
 * rounds, each of which exchanges the off-diagonal quarters of squares of half
 * the size (Eklundh, 1972). x and y do not overlap. Deviation: none. Row:
 * transpose.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "transpose/transpose.glsl"

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
    const uint a = x_words[from], b = x_words[from + down],
               c = x_words[from + down * 2u], d = x_words[from + down * 3u];
    const uint ac = a & 0xffffu | c << 16u, bd = b & 0xffffu | d << 16u;
    const uint ca = a >> 16u | c & 0xffff0000u, db = b >> 16u | d & 0xffff0000u;
    const uint even = 0x00ff00ffu;
    y_words[to] = ac & even | (bd & even) << 8u;
    y_words[to + along] = ac >> 8u & even | bd & ~even;
    y_words[to + along * 2u] = ca & even | (db & even) << 8u;
    y_words[to + along * 3u] = ca >> 8u & even | db & ~even;
}
