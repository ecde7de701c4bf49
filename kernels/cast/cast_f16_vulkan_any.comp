#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Between f32 and f16, Vulkan. Formula: cast.h. A group takes `chunk` runs of
 * four consecutive elements; its invocations stand side by side and step by the
 * group's size. Halves are words of two, so that no 16-bit storage is needed,
 * and integers round them (half.glsl). Equal to the reference. Row: cast.def;
 * test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#define HALF
#include "quad.glsl"

layout(constant_id = 3) const uint TO = 0u; /* enum assay_cast_to */
layout(push_constant) uniform words { uint n, chunk; };
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { vec4 x4[]; };
layout(set = 0, binding = 0) readonly buffer xh_array { uint xh[]; };
layout(set = 0, binding = 0) readonly buffer xh_vectors { uvec2 xh4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { vec4 y4[]; };
layout(set = 0, binding = 1) writeonly buffer yh_array { uint yh[]; };
layout(set = 0, binding = 1) writeonly buffer yh_vectors { uvec2 yh4[]; };

void main()
{
    const uint quads = (n + 3u) / 4u;
    const uint begin = min(group_number() * chunk, quads);
    const uint end = min(begin + chunk, quads);
    for (uint q = begin + gl_LocalInvocationID.x; q < end;
         q += gl_WorkGroupSize.x) {
        const uint count = min(4u, n - 4u * q);
        vec4 v = vec4(0.0);
        if (count == 4u) {
            v = TO == 0u ? x4[q] : quad_from(xh4[q]);
        } else {
            for (uint j = 0u; j < count; j++)
                v[j] = TO == 0u ? x[4u * q + j] : REAL_AT(xh, 4u * q + j);
        }
        if (TO == 0u) {
            QUAD_STORE(yh, q, v, count)
        } else if (count == 4u) {
            y4[q] = v;
        } else {
            for (uint j = 0u; j < count; j++)
                y[4u * q + j] = v[j];
        }
    }
}
