/* SPDX-License-Identifier: Apache-2.0
 *
 * Integers to f32, OpenCL on a CPU driver. Formula: dequantize.h. Needs
 * OpenCL C 1.2. One work-item a group takes `chunk` consecutive elements in
 * stretches along a row, as blocks of sixteen, the last ones one by one. Equal
 * to the reference. Row: dequantize.def; test: test_kernels.c.
 */
#include "dequantize/dequantize.cl"

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_dequantize_s8_opencl_cpu(__global const integer *x,
                               __global const float *scale, __global float *y,
                               const struct scales d)
{
    __global const int *zero = ZEROS(scale, d);
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    uint i = begin;
    while (i < end) {
        const uint f = factor_of(d, i), count = min(d.cols - i % d.cols, end - i);
        uint j = 0;
        for (; j + 16 <= count; j += 16)
            vstore16(convert_float16(convert_int16(vload16(0, x + i + j)) -
                                     ALONG16(zero, f, j)) *
                         ALONG16(scale, f, j),
                     0, y + i + j);
        for (; j < count; j++)
            y[i + j] = convert_float(x[i + j] - ALONG(zero, f, j)) *
                       ALONG(scale, f, j);
        i += count;
    }
}
