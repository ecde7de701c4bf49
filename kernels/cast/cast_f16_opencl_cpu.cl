/* SPDX-License-Identifier: Apache-2.0
 *
 * Between f32 and f16, OpenCL on a CPU driver. Formula: cast.h. Needs
 * OpenCL C 1.2. One work-item a group takes `chunk` consecutive elements as
 * blocks of sixteen, the last ones one by one. Equal to the reference. Row:
 * cast.def; test: test_kernels.c.
 */
#include "cast/cast.cl"

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_cast_f16_opencl_cpu(__global const FROM *x, __global TO *y,
                          const struct cast d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    uint i = begin;
    for (; i + 16 <= end; i += 16)
        CAST16(x, y, i);
    for (; i < end; i++)
        CAST(x, y, i);
}
