/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Vulkan rows of transpose share. TURN = 0: lines are copied, or
 * scattered elements gathered (move/strided.glsl), by move(). Otherwise tiles
 * are turned of the plane of the last axis of y (`ROWS` lines of x, X_STEP
 * apart) and the last axis of x (`COLS` lines of y, Y_STEP apart), once for
 * every place along up to four other axes. Numbers are of elements; the `n`
 * tiles are numbered down the lines of y first.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(constant_id = 4) const uint TURN = 0u;

layout(push_constant) uniform push { uint n, w[16]; };
layout(set = 0, binding = 0) readonly buffer x_array { uint x_words[]; };
layout(set = 0, binding = 0) readonly buffer x_array4 { uvec4 x_vectors[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { uint y_words[]; };
layout(set = 0, binding = 1) writeonly buffer y_array4 { uvec4 y_vectors[]; };

#define BASE w[0]
#define RANK w[1]
#define COUNT(a) w[2u + a]
#define STEP(a) w[8u + a]
#include "move/strided.glsl"

#define ROWS w[0]
#define COLS w[1]
#define X_STEP w[2]
#define Y_STEP w[3]

struct tile {
    uint i, j; /* first line and column in the plane of x */
    uint x, y; /* its element in each */
};

tile tile_number(uint t, uint size)
{
    const uint down = (ROWS + size - 1u) / size;
    const uint across = (COLS + size - 1u) / size;
    const uint i = t % down * size, j = t / down % across * size;
    uint plane = t / down / across, x = i * X_STEP + j, y = j * Y_STEP + i;
    for (uint a = 0u; a < 4u && plane > 0u; a++) {
        x += plane % w[4u + a] * w[8u + a];
        y += plane % w[4u + a] * w[12u + a];
        plane /= w[4u + a];
    }
    return tile(i, j, x, y);
}
