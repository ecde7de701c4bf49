#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, f32, Vulkan on a GPU. Formula and layouts: transpose.h.
 * Where planes are turned (transpose.glsl), a group of 32 x 4 invocations turns
 * a tile of 32 x 32 in shared memory: read along the rows of x, written along
 * those of y, each line one stretch of memory; lines of 33 keep the columns in
 * different banks. x and y do not overlap. Deviation: none. Row: transpose.def;
 * test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "transpose/transpose.glsl"

#define TILE 32u
#define LINES 4u

shared uint square[TILE][TILE + 1u];

void main()
{
    if (TURN == 0u) {
        move();
        return;
    }
    const uint group = group_number();
    if (group >= n)
        return;
    const tile t = tile_number(group, TILE);
    const uint lane = gl_LocalInvocationID.x % TILE;
    const uint line = gl_LocalInvocationID.x / TILE;
    for (uint a = line; a < TILE; a += LINES)
        if (t.i + a < ROWS && t.j + lane < COLS)
            square[a][lane] = x_words[t.x + a * X_STEP + lane];
    barrier();
    for (uint b = line; b < TILE; b += LINES)
        if (t.j + b < COLS && t.i + lane < ROWS)
            y_words[t.y + b * Y_STEP + lane] = square[lane][b];
}
