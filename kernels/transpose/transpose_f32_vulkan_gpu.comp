#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition, f32, Vulkan on a GPU. Formula and layouts: transpose.h. A
 * group of 32 x 4 invocations turns a tile of 32 x 32 in shared memory: read
 * along the rows of x, written along those of y, each line one stretch of
 * memory; lines of 33 keep the columns in different banks. x and y do not
 * overlap. Deviation: none. Row: transpose.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

#define TILE 32u
#define LINES 4u

layout(push_constant) uniform words { uint batch, rows, cols; };
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { float y[]; };

shared float tile[TILE][TILE + 1u];

void main()
{
    const uint down = (rows + TILE - 1u) / TILE;
    const uint across = (cols + TILE - 1u) / TILE;
    const uint group = group_number();
    const uint matrix = group / across / down;
    if (matrix >= batch)
        return;
    const uint i = group / across % down * TILE, j = group % across * TILE;
    const uint lane = gl_LocalInvocationID.x % TILE;
    const uint line = gl_LocalInvocationID.x / TILE;
    const uint base = matrix * rows * cols;
    for (uint a = line; a < TILE; a += LINES)
        if (i + a < rows && j + lane < cols)
            tile[a][lane] = x[base + (i + a) * cols + j + lane];
    barrier();
    for (uint b = line; b < TILE; b += LINES)
        if (j + b < cols && i + lane < rows)
            y[base + (j + b) * rows + i + lane] = tile[lane][b];
}
