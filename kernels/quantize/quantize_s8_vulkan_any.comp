#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * f32 to s8, Vulkan. Formula: quantize.h. A group takes `chunk` runs of four
 * consecutive elements; its invocations stand side by side and step by the
 * group's size. The results of a run are one word, so that no 8-bit storage is
 * needed. Equal to the reference. Row: quantize.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#include "byte.glsl"
#include "quantize/scales.glsl"

layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { vec4 x4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { uint y[]; };

void main()
{
    const uint quads = (n + 3u) / 4u;
    const uint begin = min(group_number() * chunk, quads);
    const uint end = min(begin + chunk, quads);
    for (uint q = begin + gl_LocalInvocationID.x; q < end;
         q += gl_WorkGroupSize.x) {
        vec4 v = vec4(0.0), inv;
        ivec4 zero;
        if (n - 4u * q >= 4u) {
            v = x4[q];
        } else {
            for (uint j = 0u; j < n - 4u * q; j++)
                v[j] = x[4u * q + j];
        }
        factors_of(q, inv, zero);
        precise const vec4 real = v * inv;
        const ivec4 r = ivec4(roundEven(clamp(real, -512.0, 512.0))) + zero;
        y[q] = bytes_pack(clamp(r, low, high));
    }
}
