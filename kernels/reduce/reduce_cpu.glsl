/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction, f32 or f16 (real.glsl), Vulkan on a CPU driver. Formula: reduce.h;
 * reduce.glsl tells how a kind is computed. With inner = 1 an invocation takes
 * a row, otherwise one result or, where VECTORS is 1 (inner is a multiple of
 * four), four neighbouring ones; loads are gathers there, so those of a row
 * whose length is a multiple of four take four elements too. Deviation: sums in
 * float in another order.
 */
#include "loop.glsl"
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

/* From unit `begin`, count units `stride` apart; two at a time, so that one need
 * not wait for the other. */
vec4 vectors(uint begin, uint count, uint stride)
{
    vec4 even = vec4(neutral()), odd = even;
    LOOP(k, 0u, count / 2u,
         const uint at = begin + 2u * k * stride;
         even = combine(even, vec4(x4[at]), sign);
         odd = combine(odd, vec4(x4[at + stride]), sign);)
    if (count % 2u != 0u)
        even = combine(even, vec4(x4[begin + (count - 1u) * stride]), sign);
    return join(even, odd);
}

float elements(uint begin, uint stride)
{
    float even = neutral(), odd = even;
    LOOP(k, 0u, n / 2u,
         const uint at = begin + 2u * k * stride;
         even = combine(even, float(x[at]), sign);
         odd = combine(odd, float(x[at + stride]), sign);)
    if (n % 2u != 0u)
        even = combine(even, float(x[begin + (n - 1u) * stride]), sign);
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
