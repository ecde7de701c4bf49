/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction, f32 or f16 (real.glsl), Vulkan on a CPU driver. Formula: reduce.h;
 * reduce.glsl tells how a kind is computed. With inner = 1 an invocation takes
 * a row, otherwise one result or, where VECTORS is 1 (inner is a multiple of
 * four), four neighbouring ones; loads are gathers there, so those of a row
 * whose length is a multiple of four take four elements too. Deviation: sums in
 * float in another order.
 */
#include "real.glsl"
#include "comp.glsl"
#include "reduce/reduce.glsl"

layout(constant_id = 3) const uint VECTORS = 0u;

layout(push_constant) uniform words {
    uint outer, n, chunk, inner;
    float scale, sign;
};
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { REAL4 x4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { REAL y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { REAL4 y4[]; };

/* From unit `begin`, n units `stride` apart. */
vec4 vectors(uint begin, uint count, uint stride)
{
    vec4 even = vec4(neutral()), odd = even;
    uint k = 0u;
    for (; k + 2u <= count; k += 2u) {
        even = combine(even, vec4(x4[begin + k * stride]), sign);
        odd = combine(odd, vec4(x4[begin + (k + 1u) * stride]), sign);
    }
    if (k < count)
        even = combine(even, vec4(x4[begin + k * stride]), sign);
    return join(even, odd);
}

float elements(uint begin, uint stride)
{
    float even = neutral(), odd = even;
    uint k = 0u;
    for (; k + 2u <= n; k += 2u) {
        even = combine(even, float(x[begin + k * stride]), sign);
        odd = combine(odd, float(x[begin + (k + 1u) * stride]), sign);
    }
    if (k < n)
        even = combine(even, float(x[begin + k * stride]), sign);
    return join(even, odd);
}

void main()
{
    const uint unit = group_number() * gl_WorkGroupSize.x +
                      gl_LocalInvocationID.x;
    const uint width = inner != 1u && VECTORS == 1u ? inner / 4u : inner;
    const uint o = unit / width, i = unit % width;
    if (o >= outer)
        return;
    if (VECTORS == 0u) {
        y[unit] = REAL(elements(o * n * inner + i, inner) * scale);
    } else if (inner == 1u) {
        const vec4 v = vectors(o * (n / 4u), n / 4u, 1u);
        y[unit] = REAL(join(join(v.x, v.y), join(v.z, v.w)) * scale);
    } else {
        y4[unit] = REAL4(vectors(o * n * width + i, n, width) * scale);
    }
}
