/* SPDX-License-Identifier: Apache-2.0
 *
 * Activation on its own, f32, OpenCL on a CPU driver. Formula: unary.h.
 * Needs OpenCL C 1.2. One work-item a group takes `chunk` consecutive elements
 * as float16 blocks, the last ones one by one, so that there are few groups and
 * none of the driver's own loops around them. y may be an
 * input: each element is read before it is written, by the same work-item.
 * Deviation: that of the driver's exp and erf. Row: unary.def; test:
 * test_kernels.c.
 */
#include "act.cl"
#include "group.cl"

struct unary {
    float low, high;
    uint n, chunk;
};

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_unary_f32_opencl_cpu(__global const float *x, __global float *y,
                             const struct unary d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    uint i = begin;
    for (; i + 16 <= end; i += 16)
        vstore16(act_f16(bound_f16(vload16(0, x + i), d.low, d.high)), 0,
                 y + i);
    for (; i < end; i++)
        y[i] = act_f(bound_f(x[i], d.low, d.high));
}
