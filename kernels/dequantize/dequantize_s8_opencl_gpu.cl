/* SPDX-License-Identifier: Apache-2.0
 *
 * Integers to f32, OpenCL on a GPU. Formula: dequantize.h. Needs OpenCL C 1.2.
 * A group takes `chunk` consecutive elements; its work-items stand side by side
 * and step by the group's size, so that each access of a group is one stretch
 * of memory. Equal to the reference. Row: dequantize.def; test: test_kernels.c.
 */
#include "dequantize/dequantize.cl"

__kernel void assay_dequantize_s8_opencl_gpu(__global const integer *x,
                                             __global const float *scale,
                                             __global float *y,
                                             const struct scales d)
{
    __global const int *zero = ZEROS(scale, d);
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin + get_local_id(0); i < end; i += get_local_size(0)) {
        const uint f = factor_of(d, i);
        y[i] = convert_float(x[i] - zero[f]) * scale[f];
    }
}
