/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise for Vulkan rows of any dtype: the push constants, and how CH
 * neighbouring channels (4, which start at a multiple of 4, or 1) are loaded,
 * multiplied, summed and stored. The includer declares CH and defines HALF for
 * f16 or BYTES for s8. Packed constants: depthwise_pack.h. VALUE is the type of
 * factors and sums. Outside the image element 0 is read and not used.
 */
#ifdef BYTES
layout(constant_id = 3) const uint OUT = 2u;
#define VALUE int
#define MAC(a, b, sum) ((sum) + (a) * (b))
#else
#include "act.glsl"
#define VALUE float
#define MAC(a, b, sum) fma(a, b, sum)
#endif
#ifdef HALF
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
#endif

layout(push_constant) uniform words
{
    uint items, blocks, vectors; /* of y, of a row, of a pixel */
    int h, w_in, c, p, q, r, s;
    int stride_h, stride_w, pad_top, pad_left, dil_h, dil_w;
    int padded; /* c as the weights have it */
    float low, high;
#ifdef BYTES
    int y_zero, x_zero;
#endif
};

#if defined(BYTES)
#include "requantize.glsl"
layout(set = 0, binding = 0) readonly buffer x_array { int8_t x[]; };
layout(set = 0, binding = 0) readonly buffer x_array4 { int x4[]; };
layout(set = 0, binding = 1) readonly buffer w_array { int w[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { ivec4 w4[]; };
layout(set = 0, binding = 1) readonly buffer w_array2 { ivec2 w2[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { vec4 y4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array8 { int8_t y8[]; };
layout(set = 0, binding = 2) writeonly buffer y_array32 { int y32[]; };

const uint HEAD_ROWS = 2u; /* of 32 bits, before the weights */

void load_x(int at, bool inside, out int a[CH])
{
    at = inside ? at : 0;
    if (CH == 4u) {
        const int word = x4[at / 4];
        [[unroll]] for (uint i = 0u; i < CH; i++)
            a[i] = inside ? bitfieldExtract(word, int(i) * 8, 8) - x_zero : 0;
    } else {
        const int v = int(x[at]);
        a[0] = inside ? v - x_zero : 0;
    }
}

/* Weights of tap `tap`. */
void load_w(int tap, int channel, out int b[CH])
{
    const int at = tap * padded + channel; /* in s16 */
    if (CH == 4u) {
        const ivec2 v = w2[(int(HEAD_ROWS) * 2 * padded + at) / 4];
        [[unroll]] for (uint i = 0u; i < CH; i++)
            b[i] = bitfieldExtract(v[i / 2u], int(i % 2u) * 16, 16);
    } else {
        b[0] = bitfieldExtract(w[int(HEAD_ROWS) * padded + at / 2],
                               at % 2 * 16, 16);
    }
}

void load_first(int channel, out int b[CH])
{
    if (CH == 4u) {
        const ivec4 v = w4[channel / 4];
        [[unroll]] for (uint i = 0u; i < CH; i++)
            b[i] = v[i];
    } else {
        b[0] = w[channel];
    }
}

void store(int at, int channel, int sum[CH])
{
    if (CH == 4u && OUT == OUT_S8) {
        int word = 0;
        [[unroll]] for (uint i = 0u; i < CH; i++) {
            const float scale = intBitsToFloat(w[padded + channel + int(i)]);
            word = bitfieldInsert(word, requantize(float(sum[i]) * scale),
                                  int(i) * 8, 8);
        }
        y32[at / 4] = word;
        return;
    }
    [[unroll]] for (uint i = 0u; i < CH; i++) {
        const float scale = intBitsToFloat(w[padded + channel + int(i)]);
        REQUANTIZE_STORE(at + int(i), sum[i], scale)
    }
}
#else
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w4[]; };

void load_row(int at, out float b[CH])
{
    if (CH == 4u) {
        const vec4 v = w4[at / 4];
        [[unroll]] for (uint i = 0u; i < CH; i++)
            b[i] = v[i];
    } else {
        b[0] = w[at];
    }
}

void load_w(int tap, int channel, out float b[CH])
{
    load_row((tap + 1) * padded + channel, b);
}

void load_first(int channel, out float b[CH])
{
    load_row(channel, b);
}

#ifdef HALF
layout(set = 0, binding = 0) readonly buffer x_array { uint16_t x[]; };
layout(set = 0, binding = 0) readonly buffer x_array4 { uvec2 x4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { uint16_t y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { uvec2 y4[]; };

vec4 x_four(int at)
{
    const uvec2 v = x4[at];
    return vec4(unpackHalf2x16(v.x), unpackHalf2x16(v.y));
}

void y_four(int at, vec4 v)
{
    y4[at] = uvec2(packHalf2x16(v.xy), packHalf2x16(v.zw));
}
#define X_ONE(at) unpackHalf2x16(uint(x[at])).x
#define Y_ONE(at, v) y[at] = uint16_t(packHalf2x16(vec2(v, 0.0)));
#else
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_array4 { vec4 x4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { vec4 y4[]; };

vec4 x_four(int at)
{
    return x4[at];
}

void y_four(int at, vec4 v)
{
    y4[at] = v;
}
#define X_ONE(at) x[at]
#define Y_ONE(at, v) y[at] = v;
#endif

void load_x(int at, bool inside, out float a[CH])
{
    at = inside ? at : 0;
    if (CH == 4u) {
        const vec4 v = x_four(at / 4);
        [[unroll]] for (uint i = 0u; i < CH; i++)
            a[i] = inside ? v[i] : 0.0;
    } else {
        const float v = X_ONE(at);
        a[0] = inside ? v : 0.0;
    }
}

void store(int at, int channel, float sum[CH])
{
    if (CH == 4u) {
        y_four(at / 4, act_between(vec4(sum[0], sum[1u % CH], sum[2u % CH],
                                        sum[3u % CH]),
                                   low, high));
    } else {
        const float v = act_between(sum[0], low, high);
        Y_ONE(at, v)
    }
}
#endif
