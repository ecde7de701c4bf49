#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Signs as bits, Vulkan. Formula: signpack.h. A group takes `chunk` words; its
 * invocations stand side by side and step by the group's size; a word is eight
 * runs of four elements. s8 needs no 8-bit storage: a run is one word of x.
 * Equal to the reference. Row: signpack.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#include "byte.glsl"

layout(constant_id = 3) const uint FROM = 0u; /* enum assay_signpack_from */
layout(push_constant) uniform words { uint count, chunk; int zero; };
layout(set = 0, binding = 0) readonly buffer x_vectors { vec4 x4[]; };
layout(set = 0, binding = 0) readonly buffer x_words { uint x[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { uint y[]; };

uint bits_of(bvec4 set)
{
    const uvec4 bits = uvec4(set) << uvec4(0u, 1u, 2u, 3u);
    return bits.x | bits.y | bits.z | bits.w;
}

void main()
{
    const uint begin = min(group_number() * chunk, count);
    const uint end = min(begin + chunk, count);
    for (uint i = begin + gl_LocalInvocationID.x; i < end;
         i += gl_WorkGroupSize.x) {
        uint word = 0u;
        for (uint j = 0u; j < 8u; j++) {
            const uint at = 8u * i + j;
            const bvec4 set =
                FROM == 0u ? lessThan(x4[at], vec4(0.0))
                           : lessThan(bytes_unpack(x[at]), ivec4(zero));
            word |= bits_of(set) << (4u * j);
        }
        y[i] = word;
    }
}
