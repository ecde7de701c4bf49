/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, for CPU drivers of Vulkan (llvmpipe).
 * Formula and layouts: depthwise.h; packed constants: depthwise_pack.h.
 * f32 products and sums (fma). Vulkan 1.1. Blocking: an invocation makes TILE
 * neighbouring pixels of a row of y, of CH channels (4 where c allows, else 1),
 * so that a weight is loaded once for all of them and, with TAPS > 0 (the
 * kernel's width, no dilation along it), so is each element of x. Channels run
 * fastest over the invocations. Any shape; outside the image element 0 is read
 * and not used. Differs from the reference by f32 rounding.
 * Launch: depthwise_vulkan.c; row: depthwise.def; test: test_kernels.c.
 */
#version 450
#extension GL_EXT_control_flow_attributes : require
#include "comp.glsl"
#include "act.glsl"
layout(constant_id = 4) const uint CH = 4u;
layout(constant_id = 5) const uint TILE = 4u;
layout(constant_id = 6) const uint TAPS = 0u;
layout(constant_id = 7) const uint STRIDE = 1u; /* stride_w, if TAPS > 0 */
layout(push_constant) uniform words
{
    uint items, blocks, vectors; /* of y, of a row, of a pixel */
    int h, w_in, c, p, q, r, s;
    int stride_h, stride_w, pad_top, pad_left, dil_h, dil_w;
    int padded; /* c as the weights have it */
    float low, high;
};
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_array4 { vec4 x4[]; };
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { vec4 y4[]; };

const uint SPAN = TAPS > 0u ? (TILE - 1u) * STRIDE + TAPS : 1u;

float acc[TILE][CH];

void load_w(int at, out float b[CH])
{
    if (CH == 4u) {
        const vec4 v = w4[at / 4];
        [[unroll]] for (uint i = 0u; i < CH; i++)
            b[i] = v[i];
    } else {
        b[0] = w[at];
    }
}

void load_x(int at, bool inside, out float a[CH])
{
    at = inside ? at : 0;
    if (CH == 4u) {
        const vec4 v = x4[at / 4];
        [[unroll]] for (uint i = 0u; i < CH; i++)
            a[i] = inside ? v[i] : 0.0;
    } else {
        const float v = x[at];
        a[0] = inside ? v : 0.0;
    }
}

void add(uint t, float a[CH], float b[CH])
{
    [[unroll]] for (uint i = 0u; i < CH; i++)
        acc[t][i] = fma(a[i], b[i], acc[t][i]);
}

void main()
{
    const uint item = group_number() * gl_WorkGroupSize.x +
                      gl_LocalInvocationID.x;
    if (item >= items)
        return;
    const int channel = int(item % vectors * CH);
    const int first = int(item / vectors % blocks * TILE);
    const int row = int(item / vectors / blocks); /* of y, over all images */
    const int top = row % p * stride_h - pad_top;
    const int left = first * stride_w - pad_left;
    const int image = row / p * h;
    float bias[CH];
    load_w(channel, bias);
    [[unroll]] for (uint t = 0u; t < TILE; t++)
        [[unroll]] for (uint i = 0u; i < CH; i++)
            acc[t][i] = bias[i];
    for (int i = 0; i < r; i++) {
        const int line = top + i * dil_h;
        const bool inside = uint(line) < uint(h);
        const int x_at = ((image + line) * w_in + left) * c + channel;
        const int w_at = (i * s + 1) * padded + channel;
        if (TAPS > 0u) {
            float a[SPAN][CH];
            [[unroll]] for (uint v = 0u; v < SPAN; v++)
                load_x(x_at + int(v) * c,
                       inside && uint(left + int(v)) < uint(w_in), a[v]);
            [[unroll]] for (uint j = 0u; j < TAPS; j++) {
                float b[CH];
                load_w(w_at + int(j) * padded, b);
                [[unroll]] for (uint t = 0u; t < TILE; t++)
                    add(t, a[t * STRIDE + j], b);
            }
        } else {
            for (int j = 0; j < s; j++) {
                float b[CH];
                load_w(w_at + j * padded, b);
                [[unroll]] for (uint t = 0u; t < TILE; t++) {
                    const int v = int(t) * stride_w + j * dil_w;
                    float a[CH];
                    load_x(x_at + v * c,
                           inside && uint(left + v) < uint(w_in), a);
                    add(t, a, b);
                }
            }
        }
    }
    [[unroll]] for (uint t = 0u; t < TILE; t++) {
        const int at = (row * q + first + int(t)) * c + channel;
        if (first + int(t) < q) {
            if (CH == 4u)
                y4[at / 4] = act_between(vec4(acc[t][0], acc[t][1u % CH],
                                              acc[t][2u % CH], acc[t][3u % CH]),
                                         low, high);
            else
                y[at] = act_between(acc[t][0], low, high);
        }
    }
}
