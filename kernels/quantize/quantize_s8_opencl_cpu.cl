/* SPDX-License-Identifier: Apache-2.0
 *
 * f32 to s8, OpenCL on a CPU driver. Formula: quantize.h. Needs OpenCL C 1.2.
 * One work-item a group takes `chunk` consecutive elements in stretches along a
 * row, as blocks of sixteen, the last ones one by one. Equal to the reference.
 * Row: quantize.def; test: test_kernels.c.
 */
#include "quantize/quantize.cl"

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_quantize_s8_opencl_cpu(__global const float *x,
                             __global const float *inv, __global char *y,
                             const struct scales d)
{
    __global const int *zero = ZEROS(inv, d);
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    uint i = begin;
    while (i < end) {
        const uint f = factor_of(d, i), count = min(d.cols - i % d.cols, end - i);
        uint j = 0;
        for (; j + 16 <= count; j += 16)
            vstore16(quantize16(vload16(0, x + i + j), ALONG16(inv, f, j),
                                ALONG16(zero, f, j), d),
                     0, y + i + j);
        for (; j < count; j++)
            y[i + j] = quantize(x[i + j], ALONG(inv, f, j), ALONG(zero, f, j),
                                d);
        i += count;
    }
}
