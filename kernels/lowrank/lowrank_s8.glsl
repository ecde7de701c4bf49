/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, s8, the whole of the Vulkan rows.
 * Formula and layouts: lowrank.h, quantized.h; packed weights: lowrank_pack.h,
 * words of one element. int sums. Vulkan 1.1, 16 KiB of shared memory, 8-bit
 * storage and arithmetic. Blocking: lowrank.glsl. Rows beyond the last repeat it
 * and are not written. Equal to the reference to the bit. Launch:
 * lowrank_launch.c.
 */
#include "loop.glsl"
#include "comp.glsl"
layout(constant_id = 3) const uint OUT = 2u;
layout(push_constant) uniform words
{
    float low, high;
    int y_zero;
    uint m, n, k, r, after, outputs, width;
    int mid_zero;
};
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array32 { int y32[]; };
#include "requantize.glsl"
layout(set = 0, binding = 0) readonly buffer x_array { int8_t x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { int8_t w[]; };
layout(set = 0, binding = 1) readonly buffer w_array32 { int w32[]; };
layout(set = 0, binding = 2) writeonly buffer y_array8 { int8_t y8[]; };
#define SUM int
const uint HEAD = 3u, WORD = 4u;

int head(uint at)
{
    return w32[at];
}

int mid_of(int sum, uint at)
{
    const float v = float(sum) * intBitsToFloat(w32[at + width]);
    return int(roundEven(clamp(v, float(-128 - mid_zero),
                               float(127 - mid_zero)))) +
           mid_zero;
}

void put_out(uint to, int sum, uint at)
{
    const float scale = intBitsToFloat(w32[at + width]);
    REQUANTIZE_STORE(to, sum, scale)
}

#include "lowrank/lowrank.glsl"
