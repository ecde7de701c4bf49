/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f32 or f16, Vulkan: the includer defines HALF for f16.
 * Formula: unary.h. A group takes `chunk` runs of four consecutive elements;
 * its invocations stand side by side and step by the group's size, so that a
 * GPU's accesses join, and each takes several, so that a CPU driver has little
 * to schedule. y may be x: each element is read before it is written, by the
 * same invocation. Deviation: act.glsl, and the driver's exp, log and sqrt.
 * Row: unary.def; test: test_kernels.c.
 */
#include "comp.glsl"
#include "act.glsl"
#include "quad.glsl"

/* Distance of the enum assay_function from its first, identity, which leaves
 * the activation. */
layout(constant_id = 4) const uint FUNCTION = 0u;
layout(push_constant) uniform words
{
    uint n, chunk;
    float alpha, beta, low, high;
};
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { REAL4 x4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { REAL y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { REAL4 y4[]; };

/* The quotient of function_vector.h. */
vec4 erf(vec4 v)
{
    const vec4 u = clamp(v, -4.0, 4.0), z = u * u;
    vec4 p = fma(z, vec4(1.98664816e-06), vec4(0.000284555426));
    p = fma(p, z, vec4(0.0038833397));
    p = fma(p, z, vec4(0.0531017557));
    p = fma(p, z, vec4(0.193546459));
    p = fma(p, z, vec4(1.12837911));
    vec4 q = fma(z, vec4(3.74182055e-05), vec4(0.00118554942));
    q = fma(q, z, vec4(0.0152072711));
    q = fma(q, z, vec4(0.11535041));
    q = fma(q, z, vec4(0.504858613));
    q = fma(q, z, vec4(1.0));
    return clamp(u * p / q, -1.0, 1.0);
}

vec4 function(vec4 v)
{
    switch (FUNCTION) {
    case 1u:
        return erf(v);
    case 2u:
        return sqrt(v);
    case 3u:
        return exp(v);
    case 4u:
        return log(v);
    case 5u:
        return -v;
    case 6u:
        return abs(v);
    case 7u:
        return 1.0 / v;
    case 8u:
        return clamp(fma(v, vec4(alpha), vec4(beta)), 0.0, 1.0);
    case 9u:
        return mix(v, v * alpha, lessThan(v, vec4(0.0)));
    case 10u:
        return mix(alpha * (exp(min(v, 0.0)) - 1.0), v,
                   greaterThan(v, vec4(0.0)));
    case 11u:
        return max(v, 0.0) + log(1.0 + exp(-abs(v)));
    case 12u:
        return clamp(v, low, high);
    case 13u:
        return sign(v);
    case 14u:
        return floor(v);
    case 15u:
        return ceil(v);
    case 16u:
        return roundEven(v);
    default:
        return act(v);
    }
}

void main()
{
    const uint quads = (n + 3u) / 4u;
    const uint begin = min(group_number() * chunk, quads);
    const uint end = min(begin + chunk, quads);
    for (uint q = begin + gl_LocalInvocationID.x; q < end;
         q += gl_WorkGroupSize.x) {
        const uint count = min(4u, n - 4u * q);
        vec4 v = vec4(1.0);
        if (count == 4u) {
            v = quad_from(x4[q]);
        } else {
            for (uint j = 0u; j < count; j++)
                v[j] = REAL_AT(x, 4u * q + j);
        }
        v = function(v);
        QUAD_STORE(y, q, v, count)
    }
}
