/* SPDX-License-Identifier: Apache-2.0
 *
 * The Vulkan rows of slice, of every type.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(push_constant) uniform words {
    uint n, base, rank, counts[6], steps[6];
};
layout(set = 0, binding = 0) readonly buffer x_array { uint x_words[]; };
layout(set = 0, binding = 0) readonly buffer x_array4 { uvec4 x_vectors[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { uint y_words[]; };
layout(set = 0, binding = 1) writeonly buffer y_array4 { uvec4 y_vectors[]; };

#define BASE base
#define RANK rank
#define COUNT(a) counts[a]
#define STEP(a) steps[a]
#include "move/strided.glsl"

void main()
{
    move();
}
