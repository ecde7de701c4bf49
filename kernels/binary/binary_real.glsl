/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f32 or f16, Vulkan: the includer defines
 * HALF for f16. Formula: binary.h. A group takes `chunk` runs of four
 * consecutive elements of y; its invocations stand side by side and step by
 * the group's size, so that a GPU's accesses join, and each takes several, so
 * that a CPU driver has little to schedule. How the operands are read is fixed
 * when the pipeline is built (binary.glsl). y may be an input: each element is
 * read before it is written, by the same invocation. pow is exp2(b log2 |a|)
 * with the sign of an odd power. Deviation: act.glsl, the driver's log2 and
 * exp2. Row: binary.def; test: test_kernels.c.
 */
#include "comp.glsl"
#include "act.glsl"
#include "quad.glsl"
#include "binary/binary.glsl"

layout(push_constant) uniform words { PLAN_WORDS };
layout(set = 0, binding = 0) readonly buffer a_array { REAL a[]; };
layout(set = 0, binding = 0) readonly buffer a_vectors { REAL4 a4[]; };
layout(set = 0, binding = 1) readonly buffer b_array { REAL b[]; };
layout(set = 0, binding = 1) readonly buffer b_vectors { REAL4 b4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { REAL y[]; };
layout(set = 0, binding = 2) writeonly buffer y_vectors { REAL4 y4[]; };

BINARY_PLACE

vec4 power(vec4 u, vec4 v)
{
    vec4 r;
    for (int j = 0; j < 4; j++) {
        const float size = abs(u[j]);
        const bool whole = floor(v[j]) == v[j];
        const bool odd = whole && floor(v[j] * 0.5) != v[j] * 0.5;
        float p = exp2(v[j] * log2(size));
        if (size == 0.0)
            p = v[j] > 0.0 ? 0.0 : uintBitsToFloat(0x7f800000u);
        if (u[j] < 0.0)
            p = !whole ? uintBitsToFloat(0x7fc00000u) : odd ? -p : p;
        r[j] = v[j] == 0.0 || u[j] == 1.0 ? 1.0 : p;
    }
    return r;
}

vec4 combine(vec4 u, vec4 v)
{
    if (KIND == 0u)
        return u + v;
    if (KIND == 1u)
        return u - v;
    if (KIND == 2u)
        return u * v;
    if (KIND == 3u)
        return u / v;
    if (KIND == 4u)
        return min(u, v);
    if (KIND == 5u)
        return max(u, v);
    return power(u, v);
}

void main()
{
    const uint quads = (n + 3u) / 4u;
    const uint begin = min(group_number() * chunk, quads);
    const uint end = min(begin + chunk, quads);
    for (uint q = begin + gl_LocalInvocationID.x; q < end;
         q += gl_WorkGroupSize.x) {
        const uint count = min(4u, n - 4u * q);
        vec4 u = vec4(1.0), v = vec4(1.0);
        if (MODE == 3u || count < 4u) {
            for (uint j = 0u; j < count; j++) {
                const uvec2 at = place(4u * q + j);
                u[j] = REAL_AT(a, at.x);
                v[j] = REAL_AT(b, at.y);
            }
        } else {
            const uvec2 at = place(4u * q);
            u = MODE == 2u ? vec4(REAL_AT(a, at.x)) : quad_from(a4[at.x / 4u]);
            v = MODE == 1u ? vec4(REAL_AT(b, at.y)) : quad_from(b4[at.y / 4u]);
        }
        const vec4 r = act(combine(u, v));
        QUAD_STORE(y, q, r, count)
    }
}
