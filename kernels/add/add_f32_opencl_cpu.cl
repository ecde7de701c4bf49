/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise sum with an activation, f32, OpenCL on a CPU driver. Formula: add.h.
 * Needs OpenCL C 1.2. One work-item a group takes `chunk` consecutive elements
 * as float16 blocks, the last ones one by one, so that there are few groups and
 * none of the driver's own loops around them. y may be an
 * input: each element is read before it is written, by the same work-item.
 * Deviation: that of the driver's exp and erf. Row: add.def; test:
 * test_kernels.c.
 */
#include "act.cl"
#include "group.cl"

struct add {
    float low, high;
    uint n, chunk;
};

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_add_f32_opencl_cpu(__global const float *a, __global const float *b, __global float *y,
                           const struct add d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    uint i = begin;
    for (; i + 16 <= end; i += 16)
        vstore16(act_f16(bound_f16(vload16(0, a + i) + vload16(0, b + i), d.low, d.high)), 0,
                 y + i);
    for (; i < end; i++)
        y[i] = act_f(bound_f(a[i] + b[i], d.low, d.high));
}
