/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, s8, OpenCL on a CPU driver. Formula: binary.h.
 * Needs OpenCL C 1.2. One work-item a group takes `chunk` consecutive elements
 * of y, in stretches along the innermost dimension as blocks of sixteen ints,
 * the last ones one by one; in a stretch an input is an array or one number. y
 * may be an input: each element is read before it is written, by the same
 * work-item. Equal to the reference. Row: binary.def; test: test_kernels.c.
 */
#include "binary/binary_s8.cl"

#define WIDE(x, i) convert_int16(vload16(0, (x) + (i)))
#define STRETCH(a16, a1, b16, b1)                                              \
    for (; j + 16 <= count; j += 16)                                           \
        vstore16(result16(a16, b16, s, d), 0, y + i + j);                      \
    for (; j < count; j++)                                                     \
        y[i + j] = result(a1, b1, s, d);

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_binary_s8_opencl_cpu(__global const char *a, __global const char *b,
                           __global const struct scales *scales,
                           __global char *y, const struct binary d)
{
    const struct scales s = *scales;
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    uint i = begin;
    while (i < end) {
        const struct binary_place at = binary_place(d.plan, i);
        const uint count = min(at.rest, end - i);
        const int one_a = a[at.a], one_b = b[at.b];
        uint j = 0;
        if (d.plan.a[3] == 0) {
            STRETCH((int16)one_a, one_a, WIDE(b, at.b + j), b[at.b + j])
        } else if (d.plan.b[3] == 0) {
            STRETCH(WIDE(a, at.a + j), a[at.a + j], (int16)one_b, one_b)
        } else {
            STRETCH(WIDE(a, at.a + j), a[at.a + j], WIDE(b, at.b + j),
                    b[at.b + j])
        }
        i += count;
    }
}
