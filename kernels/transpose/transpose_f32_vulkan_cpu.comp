#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, f32, Vulkan on a CPU driver. Formula and layouts:
 * transpose.h. Loads and stores are gathers and scatters there: where planes
 * are turned (transpose.glsl), which takes lines of a multiple of four, an
 * invocation turns a square of 4 x 4 in registers by four loads and four
 * stores. x and y do not overlap. Deviation: none. Row: transpose.def; test:
 * test_kernels.c.
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
    const uvec4 a = x_vectors[from], b = x_vectors[from + down],
                c = x_vectors[from + down * 2u],
                d = x_vectors[from + down * 3u];
    y_vectors[to] = uvec4(a.x, b.x, c.x, d.x);
    y_vectors[to + along] = uvec4(a.y, b.y, c.y, d.y);
    y_vectors[to + along * 2u] = uvec4(a.z, b.z, c.z, d.z);
    y_vectors[to + along * 3u] = uvec4(a.w, b.w, c.w, d.w);
}
