/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, s8, OpenCL on a GPU. Formula: binary.h. Needs
 * OpenCL C 1.2. A group takes `chunk` consecutive elements of y; its
 * work-items stand side by side and step by the group's size, so that each
 * access of a group is one stretch of memory. y may be an input: each element
 * is read before it is written, by the same work-item. Equal to the reference.
 * Row: binary.def; test: test_kernels.c.
 */
#include "binary/binary_s8.cl"

__kernel void assay_binary_s8_opencl_gpu(__global const char *a,
                                         __global const char *b,
                                         __global const struct scales *scales,
                                         __global char *y,
                                         const struct binary d)
{
    const struct scales s = *scales;
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin + get_local_id(0); i < end; i += get_local_size(0)) {
        uint from_a = i * d.plan.a[3], from_b = i * d.plan.b[3];
        if (d.plan.size3 != d.n) {
            const struct binary_place at = binary_place(d.plan, i);
            from_a = at.a;
            from_b = at.b;
        }
        y[i] = result(a[from_a], b[from_b], s, d);
    }
}
