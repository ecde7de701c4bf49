#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f16, Vulkan; sums in f32. Formula and layouts: pool.h. An invocation
 * takes one pixel's next four channels where VECTORS is 1 (c is a multiple of
 * four), else the next two outputs, one word, each by itself. x and y do not
 * overlap. Deviation: an average is summed in float and multiplied by a rounded
 * 1/count. Row: pool.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "pool/pool.glsl"

layout(set = 0, binding = 0) readonly buffer x_array { uint x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { uvec2 x4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { uint y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { uvec2 y4[]; };

float start()
{
    return AVERAGE ? 0.0 : uintBitsToFloat(0xff800000u);
}

float scale(taps t)
{
    return AVERAGE ? 1.0 / float(t.count) : 1.0;
}

float reduce(uint pixel, uint channel)
{
    const taps t = window(pixel);
    float m = start();
    for (uint i = 0u; i < t.rows; i++)
        for (uint j = 0u; j < t.columns; j++) {
            const uint at = t.first + channel + i * row_step() +
                            j * column_step();
            const float v = unpackHalf2x16(x[at / 2u] >> (at % 2u * 16u)).x;
            m = AVERAGE ? m + v : max(m, v);
        }
    return m * scale(t);
}

void main()
{
    const uint item = item_number();
    if (VECTORS == 0u) {
        const uint outputs = pixels * c, first = item * 2u;
        vec2 pair = vec2(0.0);
        if (first >= outputs)
            return;
        pair.x = reduce(first / c, first % c);
        if (first + 1u < outputs)
            pair.y = reduce((first + 1u) / c, (first + 1u) % c);
        y[item] = packHalf2x16(pair);
        return;
    }
    const uint pixel = item / (c / 4u);
    if (pixel >= pixels)
        return;
    const taps t = window(pixel);
    const uint first = t.first / 4u + item % (c / 4u);
    vec4 m = vec4(start());
    for (uint i = 0u; i < t.rows; i++)
        for (uint j = 0u; j < t.columns; j++) {
            const uvec2 words = x4[first + i * (row_step() / 4u) +
                                   j * (column_step() / 4u)];
            const vec4 v = vec4(unpackHalf2x16(words.x),
                                unpackHalf2x16(words.y));
            m = AVERAGE ? m + v : max(m, v);
        }
    m *= scale(t);
    y4[item] = uvec2(packHalf2x16(m.xy), packHalf2x16(m.zw));
}
