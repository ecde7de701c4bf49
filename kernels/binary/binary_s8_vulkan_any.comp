#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, s8, Vulkan. Formula: binary.h. As binary_real.glsl,
 * with the four elements of a run in one word, so that no 8-bit storage is
 * needed: an invocation writes whole words. Equal to the reference: `precise`
 * keeps the one float multiplication as it is. Row: binary.def; test:
 * test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#include "byte.glsl"
#include "binary/binary.glsl"

layout(push_constant) uniform words
{
    PLAN_WORDS
    int a_zero, b_zero, y_zero, low, high;
};
layout(set = 0, binding = 0) readonly buffer a_array { uint a[]; };
layout(set = 0, binding = 1) readonly buffer b_array { uint b[]; };
layout(set = 0, binding = 2) readonly buffer scales
{
    int a_factor, b_factor, shift;
    float product;
};
layout(set = 0, binding = 3) writeonly buffer y_array { uint y[]; };

BINARY_PLACE

ivec4 combine(ivec4 u, ivec4 v)
{
    if (KIND == 2u) {
        precise const vec4 real = vec4(u * v) * product;
        return ivec4(roundEven(clamp(real, -1024.0, 1024.0)));
    }
    /* Half of 2^shift, less 1 where the quotient is even. */
    const ivec4 sum = u * a_factor + v * b_factor;
    return (sum + ((1 << (shift - 1)) - 1) + ((sum >> shift) & 1)) >> shift;
}

void main()
{
    const uint quads = (n + 3u) / 4u;
    const uint begin = min(group_number() * chunk, quads);
    const uint end = min(begin + chunk, quads);
    for (uint q = begin + gl_LocalInvocationID.x; q < end;
         q += gl_WorkGroupSize.x) {
        const uint count = min(4u, n - 4u * q);
        ivec4 u = ivec4(0), v = ivec4(0);
        if (MODE == 3u || count < 4u) {
            for (uint j = 0u; j < count; j++) {
                const uvec2 at = place(4u * q + j);
                u[j] = byte_of(a[at.x / 4u], at.x % 4u);
                v[j] = byte_of(b[at.y / 4u], at.y % 4u);
            }
        } else {
            const uvec2 at = place(4u * q);
            u = MODE == 2u ? ivec4(byte_of(a[at.x / 4u], at.x % 4u))
                           : bytes_unpack(a[at.x / 4u]);
            v = MODE == 1u ? ivec4(byte_of(b[at.y / 4u], at.y % 4u))
                           : bytes_unpack(b[at.y / 4u]);
        }
        const ivec4 r = combine(u - a_zero, v - b_zero) + y_zero;
        y[q] = bytes_pack(clamp(r, low, high));
    }
}
