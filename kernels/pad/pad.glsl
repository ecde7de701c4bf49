/* SPDX-License-Identifier: Apache-2.0
 *
 * The Vulkan rows of pad, of every type. Axes are those of assay_pad_plan
 * (move.h), the last one in units; KIND is enum assay_pad_kind.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(constant_id = 4) const uint KIND = 0u;

layout(push_constant) uniform words {
    uint n, value, rank, sizes[6], before[6], gaps[6], counts[6];
};
layout(set = 0, binding = 0) readonly buffer x_array { uint x_words[]; };
layout(set = 0, binding = 0) readonly buffer x_array4 { uvec4 x_vectors[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { uint y_words[]; };
layout(set = 0, binding = 1) writeonly buffer y_array4 { uvec4 y_vectors[]; };

#include "move/move.glsl"

/* The element of axis a that place o takes, or NOWHERE; how many places from o
 * on continue so, each an element further, or all with the value. */
uvec2 source(uint a, uint o)
{
    const uint gap = gaps[a], last = (sizes[a] - 1u) * gap;
    const uint t = o - before[a];
    if (o < before[a]) {
        if (KIND == 0u)
            return uvec2(NOWHERE, before[a] - o);
        return uvec2(KIND == 1u ? 0u : before[a] - o, 1u);
    }
    if (t > last) {
        if (KIND == 0u)
            return uvec2(NOWHERE, counts[a] - o);
        return uvec2(KIND == 1u ? last : 2u * last - t, 1u);
    }
    if (gap == 1u)
        return uvec2(t, last + 1u - t);
    const uint over = t % gap;
    return over == 0u ? uvec2(t / gap, 1u) : uvec2(NOWHERE, gap - over);
}

run seek(uint i)
{
    const uint last = rank - 1u, o = i % counts[last];
    uint rest = i / counts[last], distance = sizes[last];
    const uvec2 first = source(last, o);
    bool inside = first.x != NOWHERE;
    uint at = first.x, left = first.y;
    for (uint a = last; a-- > 0u;) {
        const uint s = source(a, rest % counts[a]).x;
        if (s == NOWHERE) {
            inside = false;
            left = counts[last] - o;
        }
        at += s * distance;
        distance *= sizes[a];
        rest /= counts[a];
    }
    return inside ? run(0u, at, 1u, left) : run(0u, NOWHERE, 0u, left);
}

uint load(run r)
{
    return r.at == NOWHERE ? value : x_words[word_at(r.at)];
}

uvec4 load_vector(run r)
{
    return r.at == NOWHERE ? uvec4(value) : x_vectors[r.at];
}

void main()
{
    move();
}
