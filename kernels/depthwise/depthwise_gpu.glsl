/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, any dtype, for GPUs.
 * Formula and layouts: depthwise.h, quantized.h; packed constants:
 * depthwise_pack.h. f32 products and sums (fma), or s8 in int. Vulkan 1.1, 16-bit
 * storage for f16, 8-bit for s8. Blocking: an invocation makes 4 neighbouring
 * pixels of a row of y, of one channel; channels run fastest over the
 * invocations, so that loads and stores are contiguous, and neighbouring taps
 * meet in the cache. Any shape. The includer defines what
 * depthwise_element.glsl asks for.
 * Launch: depthwise_vulkan.c; rows: depthwise.def; test: test_kernels.c.
 */
#extension GL_EXT_control_flow_attributes : require
#include "comp.glsl"
const uint CH = 1u;
#include "depthwise/depthwise_element.glsl"

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
    VALUE acc[TILE][CH], b[CH], a[CH];
    load_first(channel, b);
    [[unroll]] for (int t = 0; t < TILE; t++)
        acc[t] = b;
    for (int i = 0; i < r; i++) {
        const int line = top + i * dil_h;
        if (uint(line) >= uint(h))
            continue;
        const int x_at = ((row / p * h + line) * w_in + left) * c + channel;
        for (int j = 0; j < s; j++) {
            load_w(i * s + j, channel, b);
            [[unroll]] for (int t = 0; t < TILE; t++) {
                const int v = t * stride_w + j * dil_w;
                load_x(x_at + v * c, uint(left + v) < uint(w_in), a);
                acc[t][0] = MAC(a[0], b[0], acc[t][0]);
            }
        }
    }
    [[unroll]] for (int t = 0; t < TILE; t++)
        if (first + t < q)
            store((row * q + first + t) * c + channel, channel, acc[t]);
}
