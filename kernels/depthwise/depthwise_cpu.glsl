/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, any dtype, for CPU drivers of Vulkan (llvmpipe).
 * Formula and layouts: depthwise.h, quantized.h; packed constants:
 * depthwise_pack.h. f32 products and sums (fma), or s8 in int. Vulkan 1.1, 16-bit
 * storage for f16, 8-bit for s8. Blocking: an invocation makes TILE
 * neighbouring pixels of a row of y, of CH channels (4 where c allows, else 1),
 * so that a weight is loaded once for all of them and, with TAPS > 0 (the
 * kernel's width, no dilation along it), so is each element of x. Channels run
 * fastest over the invocations. Any shape. The includer defines what
 * depthwise_element.glsl asks for.
 * Launch: depthwise_vulkan.c; rows: depthwise.def; test: test_kernels.c.
 */
#extension GL_EXT_control_flow_attributes : require
#include "comp.glsl"
layout(constant_id = 4) const uint CH = 4u;
layout(constant_id = 5) const uint TILE = 4u;
layout(constant_id = 6) const uint TAPS = 0u;
layout(constant_id = 7) const uint STRIDE = 1u; /* stride_w, if TAPS > 0 */
#include "depthwise/depthwise_element.glsl"

const uint SPAN = TAPS > 0u ? (TILE - 1u) * STRIDE + TAPS : 1u;

VALUE acc[TILE][CH];

void add(uint t, VALUE a[CH], VALUE b[CH])
{
    [[unroll]] for (uint i = 0u; i < CH; i++)
        acc[t][i] = MAC(a[i], b[i], acc[t][i]);
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
    VALUE bias[CH];
    load_first(channel, bias);
    [[unroll]] for (uint t = 0u; t < TILE; t++)
        [[unroll]] for (uint i = 0u; i < CH; i++)
            acc[t][i] = bias[i];
    for (int i = 0; i < r; i++) {
        const int line = top + i * dil_h;
        const bool inside = uint(line) < uint(h);
        const int x_at = ((image + line) * w_in + left) * c + channel;
        if (TAPS > 0u) {
            VALUE a[SPAN][CH];
            [[unroll]] for (uint v = 0u; v < SPAN; v++)
                load_x(x_at + int(v) * c,
                       inside && uint(left + int(v)) < uint(w_in), a[v]);
            [[unroll]] for (uint j = 0u; j < TAPS; j++) {
                VALUE b[CH];
                load_w(i * s + int(j), channel, b);
                [[unroll]] for (uint t = 0u; t < TILE; t++)
                    add(t, a[t * STRIDE + j], b);
            }
        } else {
            for (int j = 0; j < s; j++) {
                VALUE b[CH];
                load_w(i * s + j, channel, b);
                [[unroll]] for (uint t = 0u; t < TILE; t++) {
                    const int v = int(t) * stride_w + j * dil_w;
                    VALUE a[CH];
                    load_x(x_at + v * c,
                           inside && uint(left + v) < uint(w_in), a);
                    add(t, a, b);
                }
            }
        }
    }
    [[unroll]] for (uint t = 0u; t < TILE; t++) {
        const int at = (row * q + first + int(t)) * c + channel;
        if (first + int(t) < q)
            store(at, channel, acc[t]);
    }
}
