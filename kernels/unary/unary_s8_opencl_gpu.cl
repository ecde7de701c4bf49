/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, s8, OpenCL on a GPU. Formula: unary.h. Needs OpenCL C
 * 1.2. A group takes `chunk` consecutive elements; its work-items stand side by
 * side and step by the group's size; a look into the packed table each. y may
 * be x: each element is read before it is written, by the same work-item.
 * Equal to the reference. Row: unary.def; test: test_kernels.c.
 */
#include "group.cl"

struct unary {
    uint n, chunk;
};

__kernel void assay_unary_s8_opencl_gpu(__global const uchar *x,
                                        __global const char *table,
                                        __global char *y, const struct unary d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin + get_local_id(0); i < end; i += get_local_size(0))
        y[i] = table[x[i]];
}
