/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, for GPUs.
 * Formula and layouts: depthwise.h; packed constants: depthwise_pack.h.
 * f32 products and sums (fma). Vulkan 1.1. Blocking: an invocation makes 4
 * neighbouring pixels of a row of y, of one channel; channels run fastest over
 * the invocations, so that loads and stores are contiguous, and neighbouring
 * taps meet in the cache. Any shape. Differs from the reference by f32
 * rounding. Launch: depthwise_vulkan.c; row: depthwise.def; test:
 * test_kernels.c.
 */
#version 450
#extension GL_EXT_control_flow_attributes : require
#include "comp.glsl"
#include "act.glsl"
layout(push_constant) uniform words
{
    uint items, blocks, vectors; /* of y, of a row, of a pixel */
    int h, w_in, c, p, q, r, s;
    int stride_h, stride_w, pad_top, pad_left, dil_h, dil_w;
    int padded; /* c as the weights have it */
    float low, high;
};
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };

const int TILE = 4;

void main()
{
    const uint item = group_number() * gl_WorkGroupSize.x +
                      gl_LocalInvocationID.x;
    if (item >= items)
        return;
    const int channel = int(item % vectors);
    const int first = int(item / vectors % blocks) * TILE;
    const int row = int(item / vectors / blocks); /* of y, over all images */
    const int top = row % p * stride_h - pad_top;
    const int left = first * stride_w - pad_left;
    float acc[TILE];
    [[unroll]] for (int t = 0; t < TILE; t++)
        acc[t] = w[channel];
    for (int i = 0; i < r; i++) {
        const int line = top + i * dil_h;
        if (uint(line) >= uint(h))
            continue;
        const int x_at = ((row / p * h + line) * w_in + left) * c + channel;
        for (int j = 0; j < s; j++) {
            const float b = w[(i * s + j + 1) * padded + channel];
            [[unroll]] for (int t = 0; t < TILE; t++) {
                const int v = t * stride_w + j * dil_w;
                if (uint(left + v) < uint(w_in))
                    acc[t] = fma(x[x_at + v * c], b, acc[t]);
            }
        }
    }
    [[unroll]] for (int t = 0; t < TILE; t++)
        if (first + t < q)
            y[(row * q + first + t) * c + channel] =
                act_between(acc[t], low, high);
}
