#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f32, Vulkan. Formula and layouts: pool.h. An invocation takes one
 * pixel's next four channels where VECTORS is 1 (c is a multiple of four), else
 * one channel; neighbours are neighbouring channels. AVERAGE is enum
 * assay_pool_kind. x and y do not overlap. Deviation: an average is summed in
 * float and multiplied by a rounded 1/count. Row: pool.def; test:
 * test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(constant_id = 3) const uint AVERAGE = 0u;
layout(constant_id = 4) const uint VECTORS = 0u;

layout(push_constant) uniform words {
    uint pixels, h, w, c, rows, columns, r, s;
    uint stride_h, stride_w, pad_top, pad_left, dil_h, dil_w, count_pad;
};
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { vec4 x4[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 1) writeonly buffer y_vectors { vec4 y4[]; };

/* Taps first … end - 1 of `taps`, `dilation` apart, lie in 0 … size - 1; the
 * window's extent and the padding are below 2^31, and so is their sum. */
uvec2 inside(int start, uint taps, uint dilation, uint size)
{
    uint first = 0u, end = taps;
    if (start < 0)
        first = (uint(-start) + dilation - 1u) / dilation;
    const uint room = uint(int(size) - start);
    if ((taps - 1u) * dilation >= room)
        end = (room + dilation - 1u) / dilation;
    return uvec2(first, end);
}

void main()
{
    const uint width = VECTORS == 1u ? c / 4u : c;
    const uint place = group_number() * gl_WorkGroupSize.x +
                       gl_LocalInvocationID.x;
    const uint pixel = place / width;
    if (pixel >= pixels)
        return;
    const uint q = pixel % columns, p = pixel / columns % rows;
    const int top = int(p * stride_h) - int(pad_top);
    const int left = int(q * stride_w) - int(pad_left);
    const uvec2 across = inside(left, s, dil_w, w);
    const uvec2 down = inside(top, r, dil_h, h);
    const uint line = pixel / columns / rows * h +
                      uint(top + int(down.x * dil_h));
    const uint first = (line * w + uint(left + int(across.x * dil_w))) * width +
                       place % width;
    const uint row_step = dil_h * w * width, column_step = dil_w * width;
    const uvec2 taps = uvec2(down.y - down.x, across.y - across.x);
    const float scale =
        1.0 / float(count_pad != 0u ? r * s : taps.x * taps.y);
    const float lowest = uintBitsToFloat(0xff800000u);
    if (VECTORS == 1u) {
        vec4 m = vec4(AVERAGE == 1u ? 0.0 : lowest);
        for (uint i = 0u; i < taps.x; i++)
            for (uint j = 0u; j < taps.y; j++) {
                const vec4 v = x4[first + i * row_step + j * column_step];
                m = AVERAGE == 1u ? m + v : max(m, v);
            }
        y4[place] = AVERAGE == 1u ? m * scale : m;
        return;
    }
    float m = AVERAGE == 1u ? 0.0 : lowest;
    for (uint i = 0u; i < taps.x; i++)
        for (uint j = 0u; j < taps.y; j++) {
            const float v = x[first + i * row_step + j * column_step];
            m = AVERAGE == 1u ? m + v : max(m, v);
        }
    y[place] = AVERAGE == 1u ? m * scale : m;
}
