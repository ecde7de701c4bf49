#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise sum with an activation, f32, Vulkan. Formula: add.h. A group
 * takes `chunk` consecutive vectors of four; its invocations stand side by side
 * and step by the group's size, so that a GPU's accesses join, and each takes
 * several, so that a CPU driver has little to schedule. Group 0 also does the
 * last n % 4 elements. y may be an input: each element is read before it is
 * written, by the same invocation. Deviation: act.glsl. Row: add.def; test:
 * test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#include "act.glsl"

layout(push_constant) uniform words { uint n, chunk; };
layout(set = 0, binding = 0) readonly buffer a_array { float a[]; };
layout(set = 0, binding = 0) readonly buffer a_vectors { vec4 a4[]; };
layout(set = 0, binding = 1) readonly buffer b_array { float b[]; };
layout(set = 0, binding = 1) readonly buffer b_vectors { vec4 b4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_vectors { vec4 y4[]; };

void main()
{
    const uint vectors = n / 4u;
    const uint begin = min(group_number() * chunk, vectors);
    const uint end = min(begin + chunk, vectors);
    const uint local = gl_LocalInvocationID.x;
    for (uint i = begin + local; i < end; i += gl_WorkGroupSize.x)
        y4[i] = act(a4[i] + b4[i]);
    const uint j = vectors * 4u + local;
    if (group_number() == 0u && j < n)
        y[j] = act(a[j] + b[j]);
}
