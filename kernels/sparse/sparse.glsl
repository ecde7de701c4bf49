/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Vulkan rows of sparse share: the words of their launch
 * (sparse_launch.c, after the bounds or the requantization's words, which the
 * includer names in WORDS) and the lists of packed weights (sparse_pack.h),
 * offsets in words. HEIGHT is that of a strip.
 */
layout(constant_id = 4) const uint HEIGHT = 16u;
layout(push_constant) uniform words
{
    WORDS
    uint m, n, k, strips, begins_at, columns_at, weights_at, outputs, scale_at;
};
layout(set = 0, binding = 1) readonly buffer packed_array { uint packed[]; };

/* Entry number `at` of the lists' beginnings. */
uint begin_of(uint at)
{
    return packed[begins_at + at];
}

/* Column number `at`. */
uint column_of(uint at)
{
    return packed[columns_at + at / 2u] >> (at % 2u * 16u) & 0xffffu;
}
