/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32 or f16 (real.glsl), Vulkan. Formula: dropout.h; generator:
 * philox.h. An invocation takes one generator call and the eight elements that
 * it decides, where VECTORS is 1 as two vectors of four (every sample begins at
 * one), and the last elements of a sample one by one. A group has `chunk` of
 * them. Equal to the reference to the bit; in f16 where the device rounds to
 * nearest even.
 */
#include "real.glsl"
#include "comp.glsl"

layout(constant_id = 3) const uint VECTORS = 0u;

layout(push_constant) uniform words {
    uint n, samples, chunk, least;
    float scale;
    uint key0, key1, counter_low, counter_high;
};
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { REAL4 x4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { REAL y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { REAL4 y4[]; };

uvec4 generate(uint number)
{
    uint carry;
    const uint low = uaddCarry(counter_low, number, carry);
    uvec4 w = uvec4(low, counter_high + carry, 0u, 0u);
    uint k0 = key0, k1 = key1;
    for (uint i = 0u; i < 10u; i++) {
        uint high0, low0, high1, low1;
        umulExtended(w.x, 0xd2511f53u, high0, low0);
        umulExtended(w.z, 0xcd9e8d57u, high1, low1);
        w = uvec4(high1 ^ w.y ^ k0, low1, high0 ^ w.w ^ k1, low0);
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
    }
    return w;
}

vec4 choose(vec4 v, uint a, uint b)
{
    const uvec4 field = uvec4(a & 0xffffu, a >> 16, b & 0xffffu, b >> 16);
    return mix(vec4(0.0), v * scale, greaterThanEqual(field, uvec4(least)));
}

void main()
{
    const uint counters = (n + 7u) / 8u;
    const uint number = group_number() * chunk + gl_LocalInvocationID.x;
    const uint t = number / counters, i = number % counters * 8u;
    if (t >= samples)
        return;
    const uvec4 w = generate(number);
    const uint to = t * n + i, left = n - i;
    if (VECTORS == 1u && left >= 8u) {
        y4[to / 4u] = REAL4(choose(vec4(x4[i / 4u]), w.x, w.y));
        y4[to / 4u + 1u] = REAL4(choose(vec4(x4[i / 4u + 1u]), w.z, w.w));
        return;
    }
    for (uint j = 0u; j < min(left, 8u); j++) {
        const uint field = w[j / 2u] >> (j % 2u * 16u) & 0xffffu;
        const float v = float(x[i + j]) * scale;
        y[to + j] = REAL(field >= least ? v : 0.0);
    }
}
