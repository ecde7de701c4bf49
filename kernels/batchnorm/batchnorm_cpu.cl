/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization, f32 or f16 (real.cl), OpenCL on a CPU driver: the
 * including file defines KERNEL as its symbol. Formula: batchnorm.h. Needs
 * OpenCL C 1.2. One work-item a group takes `chunk` rows in turn, as float16
 * blocks, the last columns in a block of their own. The packed constants are
 * scale, then shift `stride` behind it, filled up to whole blocks. y may be x.
 * Deviation: two roundings or one, and act.cl.
 */
#include "act.cl"
#include "group.cl"
#include "real.cl"

struct batchnorm {
    float low, high;
    uint rows, c, chunk, stride;
};

static inline float16 normed(const float16 x, __global const float *scale,
                             const struct batchnorm d)
{
    const float16 v = mad(x, vload16(0, scale), vload16(0, scale + d.stride));
    return act_f16(bound_f16(v, d.low, d.high));
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global const float *scale, __global REAL *y,
       const struct batchnorm d)
{
    const uint whole = d.c / 16 * 16, rest = d.c % 16;
    const uint begin = min(group_number() * d.chunk, d.rows);
    const uint end = min(begin + d.chunk, d.rows);
    x += (size_t)begin * d.c;
    y += (size_t)begin * d.c;
    for (uint i = begin; i < end; i++, x += d.c, y += d.c) {
        for (uint j = 0; j < whole; j += 16)
            STORE16(y + j, normed(LOAD16(x + j), scale + j, d));
        if (rest)
            store_part(y + whole, rest,
                       normed(load_part(x + whole, rest, 0), scale + whole, d));
    }
}
