/* SPDX-License-Identifier: Apache-2.0
 *
 * The Vulkan rows of gather, of every type. `inner` is in units; every index
 * becomes a row of x before it is used.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(push_constant) uniform words { uint n, rows, inner, count; };
layout(set = 0, binding = 0) readonly buffer x_array { uint x_words[]; };
layout(set = 0, binding = 0) readonly buffer x_array4 { uvec4 x_vectors[]; };
layout(set = 0, binding = 1) readonly buffer index_array { int indices[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { uint y_words[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { uvec4 y_vectors[]; };

#include "move/move.glsl"

run seek(uint i)
{
    const uint k = i / inner, j = i % inner;
    const int index = indices[k % count];
    const int r = clamp(index < 0 ? index + int(rows) : index, 0,
                        int(rows) - 1);
    return run(0u, (k / count * rows + uint(r)) * inner + j, 1u, inner - j);
}

uint load(run r)
{
    return x_words[word_at(r.at)];
}

uvec4 load_vector(run r)
{
    return x_vectors[r.at];
}

void main()
{
    move();
}
