#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Integers to f32, Vulkan. Formula: dequantize.h. A group takes `chunk` runs of
 * four consecutive elements; its invocations stand side by side and step by the
 * group's size. Four elements of s8 are one word, so that no 8-bit storage is
 * needed. Equal to the reference. Row: dequantize.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#include "byte.glsl"
#include "quantize/scales.glsl"

layout(constant_id = 4) const uint FROM = 0u; /* enum assay_dequantize_from */
layout(set = 0, binding = 0) readonly buffer x_array { int x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { ivec4 x4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_vectors { vec4 y4[]; };

void main()
{
    const uint quads = (n + 3u) / 4u;
    const uint begin = min(group_number() * chunk, quads);
    const uint end = min(begin + chunk, quads);
    for (uint q = begin + gl_LocalInvocationID.x; q < end;
         q += gl_WorkGroupSize.x) {
        const uint some = min(4u, n - 4u * q);
        ivec4 v = ivec4(0), zero;
        vec4 scale;
        if (FROM == 0u) {
            v = bytes_unpack(uint(x[q]));
        } else if (some == 4u) {
            v = x4[q];
        } else {
            for (uint j = 0u; j < some; j++)
                v[j] = x[4u * q + j];
        }
        factors_of(q, scale, zero);
        precise const vec4 r = vec4(v - zero) * scale;
        if (some == 4u) {
            y4[q] = r;
        } else {
            for (uint j = 0u; j < some; j++)
                y[4u * q + j] = r[j];
        }
    }
}
