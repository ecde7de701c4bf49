/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Vulkan rows of pool share: their words, and the taps of a window
 * that lie inside the image (window.h). KIND is enum assay_pool_kind; where
 * VECTORS is 1, c is a multiple of four.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(constant_id = 3) const uint KIND = 0u;
layout(constant_id = 4) const uint VECTORS = 0u;

const bool AVERAGE = KIND == 1u, PLACES = KIND == 2u;

layout(push_constant) uniform words {
    uint pixels, h, w, c, rows, columns, r, s;
    uint stride_h, stride_w, pad_top, pad_left, dil_h, dil_w, count_pad;
    int x_zero, y_zero;
    float ratio, low, high; /* ratio 2^-15; of y - y_zero */
};

struct taps {
    uint first; /* element of channel 0 */
    uint place; /* in the image: row * w + column */
    uint rows, columns;
    uint count; /* what a sum is divided by */
};

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

taps window(uint pixel)
{
    const uint q = pixel % columns, p = pixel / columns % rows;
    const int top = int(p * stride_h) - int(pad_top);
    const int left = int(q * stride_w) - int(pad_left);
    const uvec2 across = inside(left, s, dil_w, w);
    const uvec2 down = inside(top, r, dil_h, h);
    const uint y = uint(top + int(down.x * dil_h));
    const uint x = uint(left + int(across.x * dil_w));
    const uvec2 size = uvec2(down.y - down.x, across.y - across.x);
    const uint image = pixel / columns / rows;
    return taps(((image * h + y) * w + x) * c, y * w + x, size.x, size.y,
                count_pad != 0u ? r * s : size.x * size.y);
}

/* From one tap to the next in a row, and from row to row, in elements. */
uint column_step()
{
    return dil_w * c;
}
uint row_step()
{
    return dil_h * w * c;
}

uint item_number()
{
    return group_number() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
}
