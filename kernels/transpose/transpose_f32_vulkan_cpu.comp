#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition, f32, Vulkan on a CPU driver. Formula and layouts: transpose.h.
 * An invocation turns a square of 4 x 4 in registers, with nothing shared.
 * Loads and stores are gathers and scatters there: where VECTORS is 1 (rows and
 * cols are multiples of four) they take four elements each. x and y do not
 * overlap. Deviation: none. Row: transpose.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(constant_id = 3) const uint VECTORS = 0u;

layout(push_constant) uniform words { uint batch, rows, cols; };
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { vec4 x4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { vec4 y4[]; };

void main()
{
    const uint down = (rows + 3u) / 4u, across = (cols + 3u) / 4u;
    const uint square = group_number() * gl_WorkGroupSize.x +
                        gl_LocalInvocationID.x;
    const uint matrix = square / down / across;
    if (matrix >= batch)
        return;
    const uint i = square % down * 4u, j = square / down % across * 4u;
    const uint base = matrix * rows * cols;
    if (VECTORS == 1u) {
        const uint from = (base + i * cols + j) / 4u;
        const uint to = (base + j * rows + i) / 4u;
        const mat4 m = transpose(mat4(x4[from], x4[from + cols / 4u],
                                      x4[from + cols / 2u],
                                      x4[from + cols / 4u * 3u]));
        y4[to] = m[0];
        y4[to + rows / 4u] = m[1];
        y4[to + rows / 2u] = m[2];
        y4[to + rows / 4u * 3u] = m[3];
        return;
    }
    for (uint b = j; b < min(j + 4u, cols); b++)
        for (uint a = i; a < min(i + 4u, rows); a++)
            y[base + b * rows + a] = x[base + a * cols + b];
}
