#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, s8, Vulkan; sums in integers. Formula and layouts: pool.h. An
 * invocation takes the next four outputs, one word: where VECTORS is 1 (c is a
 * multiple of four) one pixel's next four channels, else each by itself. x and
 * y do not overlap. Deviation: none. Row: pool.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "pool/pool.glsl"

layout(set = 0, binding = 0) readonly buffer x_array { uint x[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { uint y[]; };

/* The four bytes of a word as signed numbers. */
ivec4 bytes(uint word)
{
    const ivec4 v = ivec4(uvec4(word << 24u, word << 16u, word << 8u, word));
    return v >> 24;
}

uint word(ivec4 v)
{
    const uvec4 u = uvec4(v & 255);
    return u.x | u.y << 8u | u.z << 16u | u.w << 24u;
}

/* pool.h: sums of x - x_zero, lifted above 0 while they are divided. */
ivec4 average(ivec4 sum, uint count)
{
    const uvec4 u = uvec4(sum + int(256u * count));
    const uvec4 whole = u / count;
    const uvec4 part = ((u - whole * count) << 15u) / count;
    const ivec4 mean = (ivec4(whole) - 256) * 32768 + ivec4(part);
    const vec4 v = clamp(vec4(mean) * ratio, low, high);
    return ivec4(roundEven(v)) + y_zero;
}

/* `merged` with one more tap of four channels, or of one, in x. */
ivec4 merge(ivec4 merged, ivec4 v)
{
    return AVERAGE ? merged + v : max(merged, v);
}

ivec4 start(taps t)
{
    return ivec4(AVERAGE ? -x_zero * int(t.rows * t.columns) : -128);
}

int reduce(uint pixel, uint channel)
{
    const taps t = window(pixel);
    ivec4 m = start(t);
    for (uint i = 0u; i < t.rows; i++)
        for (uint j = 0u; j < t.columns; j++) {
            const uint at = t.first + channel + i * row_step() +
                            j * column_step();
            m = merge(m, bytes(x[at / 4u] >> (at % 4u * 8u)));
        }
    return AVERAGE ? average(m, t.count).x : m.x;
}

void main()
{
    const uint item = item_number();
    if (VECTORS == 0u) {
        const uint outputs = pixels * c, first = item * 4u;
        ivec4 v = ivec4(0);
        if (first >= outputs)
            return;
        for (uint e = 0u; e < min(4u, outputs - first); e++)
            v[e] = reduce((first + e) / c, (first + e) % c);
        y[item] = word(v);
        return;
    }
    const uint pixel = item / (c / 4u);
    if (pixel >= pixels)
        return;
    const taps t = window(pixel);
    const uint first = t.first / 4u + item % (c / 4u);
    ivec4 m = start(t);
    for (uint i = 0u; i < t.rows; i++)
        for (uint j = 0u; j < t.columns; j++)
            m = merge(m, bytes(x[first + i * (row_step() / 4u) +
                                 j * (column_step() / 4u)]));
    y[item] = word(AVERAGE ? average(m, t.count) : m);
}
