/* SPDX-License-Identifier: Apache-2.0
 *
 * The Vulkan rows of concat, of every type. Sizes are in units: of a row of y,
 * and of each input's part of it.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(push_constant) uniform words { uint n, row, lengths[4]; };
layout(set = 0, binding = 0) readonly buffer a_array { uint a_words[]; };
layout(set = 0, binding = 0) readonly buffer a_array4 { uvec4 a_vectors[]; };
layout(set = 0, binding = 1) readonly buffer b_array { uint b_words[]; };
layout(set = 0, binding = 1) readonly buffer b_array4 { uvec4 b_vectors[]; };
layout(set = 0, binding = 2) readonly buffer c_array { uint c_words[]; };
layout(set = 0, binding = 2) readonly buffer c_array4 { uvec4 c_vectors[]; };
layout(set = 0, binding = 3) readonly buffer d_array { uint d_words[]; };
layout(set = 0, binding = 3) readonly buffer d_array4 { uvec4 d_vectors[]; };
layout(set = 0, binding = 4) writeonly buffer y_array { uint y_words[]; };
layout(set = 0, binding = 4) writeonly buffer y_array4 { uvec4 y_vectors[]; };

#include "move/move.glsl"

run seek(uint i)
{
    uint j = i % row, part = 0u;
    for (; j >= lengths[part]; part++)
        j -= lengths[part];
    return run(part, i / row * lengths[part] + j, 1u, lengths[part] - j);
}

uint load(run r)
{
    const uint at = word_at(r.at);
    switch (r.source) {
    case 0u:
        return a_words[at];
    case 1u:
        return b_words[at];
    case 2u:
        return c_words[at];
    }
    return d_words[at];
}

uvec4 load_vector(run r)
{
    switch (r.source) {
    case 0u:
        return a_vectors[r.at];
    case 1u:
        return b_vectors[r.at];
    case 2u:
        return c_vectors[r.at];
    }
    return d_vectors[r.at];
}

void main()
{
    move();
}
