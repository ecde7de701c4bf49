/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, f32, for GPUs.
 * Formula and layouts: lowrank.h; packed weights: lowrank_pack.h. f32 products
 * and sums. Vulkan 1.1, 64 invocations, 16 KiB of shared memory. Blocking:
 * lowrank.glsl. Rows beyond the last repeat it and are not written. Differs from
 * the reference by f32 rounding. Launch: lowrank_launch.c; row: lowrank.def;
 * test: test_kernels.c.
 */
#version 450
#include "loop.glsl"
#include "comp.glsl"
#include "act.glsl"
layout(push_constant) uniform words
{
    float low, high;
    uint m, n, k, r, after, outputs, width;
};
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
#define SUM float
const uint HEAD = 1u, WORD = 1u;

float head(uint at)
{
    return w[at];
}

float mid_of(float sum, uint at)
{
    return sum;
}

void put_out(uint to, float sum, uint at)
{
    y[to] = act_between(sum, low, high);
}

#include "lowrank/lowrank.glsl"
