/* SPDX-License-Identifier: Apache-2.0
 *
 * Between f32 and f16, OpenCL on a GPU. Formula: cast.h. Needs OpenCL C 1.2. A
 * group takes `chunk` consecutive elements; its work-items stand side by side
 * and step by the group's size, so that each access of a group is one stretch
 * of memory. Equal to the reference. Row: cast.def; test: test_kernels.c.
 */
#include "cast/cast.cl"

__kernel void assay_cast_f16_opencl_gpu(__global const FROM *x, __global TO *y,
                                        const struct cast d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin + get_local_id(0); i < end; i += get_local_size(0))
        CAST(x, y, i);
}
