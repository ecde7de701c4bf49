#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Activation on its own, f32, Vulkan. Formula: unary.h. A group
 * takes `chunk` consecutive vectors of four; its invocations stand side by side
 * and step by the group's size, so that a GPU's accesses join, and each takes
 * several, so that a CPU driver has little to schedule. Group 0 also does the
 * last n % 4 elements. y may be an input: each element is read before it is
 * written, by the same invocation. Deviation: act.glsl. Row: unary.def; test:
 * test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#include "act.glsl"

layout(push_constant) uniform words { uint n, chunk; };
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { vec4 x4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { vec4 y4[]; };

void main()
{
    const uint vectors = n / 4u;
    const uint begin = min(group_number() * chunk, vectors);
    const uint end = min(begin + chunk, vectors);
    const uint local = gl_LocalInvocationID.x;
    for (uint i = begin + local; i < end; i += gl_WorkGroupSize.x)
        y4[i] = act(x4[i]);
    const uint j = vectors * 4u + local;
    if (group_number() == 0u && j < n)
        y[j] = act(x[j]);
}
