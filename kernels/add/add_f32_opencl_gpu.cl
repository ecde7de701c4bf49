/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise sum with an activation, f32, OpenCL on a GPU. Formula: add.h. Needs
 * OpenCL C 1.2. A group takes `chunk` consecutive elements; its work-items
 * stand side by side and step by the group's size, so that each access of a
 * group is one stretch of memory. y may be an input: each element is read
 * before it is written, by the same work-item. Deviation: that of the driver's
 * exp and erf. Row: add.def; test: test_kernels.c.
 */
#include "act.cl"
#include "group.cl"

struct add {
    float low, high;
    uint n, chunk;
};

__kernel void
assay_add_f32_opencl_gpu(__global const float *a, __global const float *b, __global float *y,
                           const struct add d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin + get_local_id(0); i < end; i += get_local_size(0))
        y[i] = act_f(bound_f(a[i] + b[i], d.low, d.high));
}
