/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization, f32 or f16 (real.cl), OpenCL on a GPU: the including
 * file defines KERNEL as its symbol. Formula: batchnorm.h. Needs OpenCL C 1.2.
 * A group takes `chunk` of the n elements; its work-items stand side by side
 * and step by the group's size. The packed constants are scale, then shift
 * `stride` behind it. y may be x. Deviation: two roundings or one, and act.cl.
 */
#include "act.cl"
#include "group.cl"
#include "real.cl"

struct batchnorm {
    float low, high;
    uint n, c, chunk, stride;
};

__kernel void KERNEL(__global const REAL *x, __global const float *scale,
                     __global REAL *y, const struct batchnorm d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin + get_local_id(0); i < end; i += get_local_size(0)) {
        const uint j = i % d.c;
        const float v = mad(LOAD(x, i), scale[j], scale[j + d.stride]);
        STORE(y, i, act_f(bound_f(v, d.low, d.high)));
    }
}
