#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f32, Vulkan. Formula and layouts: pool.h. An invocation takes one
 * pixel's next four channels where VECTORS is 1 (c is a multiple of four), else
 * one channel; neighbours are neighbouring channels. x and y do not overlap.
 * Deviation: an average is summed in float and multiplied by a rounded 1/count.
 * Row: pool.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "pool/pool.glsl"

layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { vec4 x4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { vec4 y4[]; };
layout(set = 0, binding = 1) writeonly buffer y_places { int places[]; };
layout(set = 0, binding = 1) writeonly buffer y_places4 { ivec4 places4[]; };

#define REDUCE(type, itype, x, first, row_step, column_step, t, y, places, to) \
    {                                                                          \
        type m = PLACES ? x[first] : type(AVERAGE ? 0.0 : lowest);             \
        itype place = itype(t.place);                                          \
        for (uint i = 0u; i < t.rows; i++)                                     \
            for (uint j = 0u; j < t.columns; j++) {                            \
                const type v = x[first + i * row_step + j * column_step];      \
                if (PLACES) {                                                  \
                    const uint at = t.place + i * dil_h * w + j * dil_w;       \
                    place = mix(place, itype(at), MORE(v, m));                 \
                }                                                              \
                m = AVERAGE ? m + v : max(m, v);                               \
            }                                                                  \
        if (PLACES)                                                            \
            places[to] = place;                                                \
        else                                                                   \
            y[to] = AVERAGE ? m * (1.0 / float(t.count)) : m;                  \
    }

void main()
{
    const uint width = VECTORS == 1u ? c / 4u : c;
    const uint item = item_number(), pixel = item / width;
    if (pixel >= pixels)
        return;
    const taps t = window(pixel);
    const float lowest = uintBitsToFloat(0xff800000u);
    if (VECTORS == 1u) {
        const uint first = t.first / 4u + item % width;
        const uint down = row_step() / 4u, along = column_step() / 4u;
#define MORE(v, m) greaterThan(v, m)
        REDUCE(vec4, ivec4, x4, first, down, along, t, y4, places4, item)
        return;
    }
#undef MORE
#define MORE(v, m) v > m
    const uint first = t.first + item % width;
    const uint down = row_step(), along = column_step();
    REDUCE(float, int, x, first, down, along, t, y, places, item)
}
