/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, for CPU drivers of Vulkan (llvmpipe), as an implicit GEMM.
 * Formula and layouts: conv2d.h; packed constants: conv2d_pack.h, width tile_n.
 * f32 products and sums (fma). Needs subgroup ballot operations and subgroups
 * of 4, 8 or 16. Blocking: gemm_cpu.glsl, ROWS output pixels by LANES x COLS
 * channels of one group in a work-group; a lane finds the tap and channel of
 * its step of the depth once for all pixels. Any shape; outside the image (PAD)
 * element 0 is read and not used. Differs from the reference by f32 rounding.
 * Launch: conv2d_vulkan.c; row: conv2d.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
layout(constant_id = 4) const uint ROWS = 8u;
layout(constant_id = 5) const uint COLS = 4u;
layout(constant_id = 6) const uint VECTOR = 0u;
layout(constant_id = 7) const uint PAD = 0u;
layout(push_constant) uniform words
{
    uint columns, depth, width; /* of one group; see gemm_cpu.glsl */
    uint pixels, groups, group_floats;
    int h, w_in, c, p, q, s, group_c;
    int stride_h, stride_w, pad_top, pad_left, dil_h, dil_w;
    float low, high;
};
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 1) readonly buffer w_array2 { vec2 w2[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { vec4 y4[]; };
#include "gemm_cpu.glsl"

void main()
{
    const uint lane = gl_SubgroupInvocationID;
    const uint blocks = (columns + LANES * COLS - 1u) / (LANES * COLS);
    const uint first = group_number() / (blocks * groups) * ROWS;
    if (first >= pixels)
        return;
    const uint g = group_number() / blocks % groups;
    const uint j = (group_number() % blocks * LANES + lane) * COLS;
    int base[ROWS], top[ROWS], left[ROWS]; /* of each pixel's window */
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const int pixel = int(min(first + i, pixels - 1u));
        const int row = pixel / q;
        top[i] = row % p * stride_h - pad_top;
        left[i] = pixel % q * stride_w - pad_left;
        base[i] = ((row / p * h + top[i]) * w_in + left[i]) * c +
                  int(g) * group_c;
    }
    gemm_begin(g * group_floats, j);
    for (uint l = 0u; l < depth; l += LANES) {
        float a[ROWS];
        const int step = int(min(l + lane, depth - 1u));
        const int tap = step / group_c;
        const int dy = tap / s * dil_h, dx = tap % s * dil_w;
        const int at = (dy * w_in + dx) * c + step % group_c;
        [[unroll]] for (uint i = 0u; i < ROWS; i++) {
            bool inside = l + lane < depth;
            if (PAD == 1u)
                inside = inside && uint(top[i] + dy) < uint(h) &&
                         uint(left[i] + dx) < uint(w_in);
            const float v = x[inside ? base[i] + at : 0];
            a[i] = inside ? v : 0.0;
        }
        gemm_steps(l, a);
    }
    gemm_end(first, pixels, columns * groups, g * columns, j);
}
