/* SPDX-License-Identifier: Apache-2.0
 *
 * Four consecutive elements of an array, from a multiple of four on, for
 * Vulkan rows whose code is the same for f32 and f16: the includer defines
 * HALF for f16. An array x is declared twice at its binding,
 *
 *     readonly buffer x_array { REAL x[]; };
 *     readonly buffer x_vectors { REAL4 x4[]; };
 *
 * quad_from(x4[q]) is elements 4 q to 4 q + 3; REAL_AT(x, i) is one element.
 * QUAD_STORE(y, q, v, count) stores the first `count` (1 to 4) elements of v
 * at 4 q; in f16 it fills whole words.
 */
#ifdef HALF
#include "half.glsl"
#define REAL uint
#define REAL4 uvec2
#define REAL_AT(x, i) half2_unpack(x[(i) >> 1])[(i) & 1u]
#define QUAD_STORE(to, q, v, count)                                            \
    if (count == 4u) {                                                         \
        to##4[q] = quad_to(v);                                                 \
    } else {                                                                   \
        const uvec2 pairs = quad_to(v);                                        \
        to[2u * (q)] = pairs.x;                                                \
        if (count > 2u)                                                        \
            to[2u * (q) + 1u] = pairs.y;                                       \
    }

vec4 quad_from(uvec2 words)
{
    return vec4(half2_unpack(words.x), half2_unpack(words.y));
}

uvec2 quad_to(vec4 v)
{
    return uvec2(half2_pack(v.xy), half2_pack(v.zw));
}
#else
#define REAL float
#define REAL4 vec4
#define REAL_AT(x, i) x[i]
#define QUAD_STORE(to, q, v, count)                                            \
    if (count == 4u) {                                                         \
        to##4[q] = v;                                                          \
    } else {                                                                   \
        for (uint j = 0u; j < count; j++)                                      \
            to[4u * (q) + j] = v[j];                                           \
    }

vec4 quad_from(vec4 v)
{
    return v;
}
#endif
