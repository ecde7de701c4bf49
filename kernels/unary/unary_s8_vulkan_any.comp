#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, s8, Vulkan. Formula: unary.h. A group takes `chunk`
 * words of four elements; its invocations stand side by side and step by the
 * group's size; a look into the packed table an element. Needs no 8-bit
 * storage: an invocation writes whole words. y may be x: each word is read
 * before it is written, by the same invocation. Equal to the reference. Row:
 * unary.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#include "byte.glsl"

layout(push_constant) uniform words { uint n, chunk; };
layout(set = 0, binding = 0) readonly buffer x_array { uint x[]; };
layout(set = 0, binding = 1) readonly buffer table_array { uint table[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { uint y[]; };

uint look(uint at)
{
    return uint(byte_of(table[at / 4u], at % 4u)) & 0xffu;
}

void main()
{
    const uint words = (n + 3u) / 4u;
    const uint begin = min(group_number() * chunk, words);
    const uint end = min(begin + chunk, words);
    for (uint i = begin + gl_LocalInvocationID.x; i < end;
         i += gl_WorkGroupSize.x) {
        const uint v = x[i];
        y[i] = look(v & 0xffu) | look((v >> 8) & 0xffu) << 8 |
               look((v >> 16) & 0xffu) << 16 | look(v >> 24) << 24;
    }
}
