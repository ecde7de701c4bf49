/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f32 or f16, OpenCL on a CPU driver: the includer
 * names KERNEL and, for f16, defines HALF. Formula: binary.h. Needs
 * OpenCL C 1.2. One work-item a group takes `chunk` consecutive elements of y,
 * in stretches along the innermost dimension as float16 blocks, the last ones
 * one by one; in a stretch an input is an array or one number. y may be an
 * input: each element is read before it is written, by the same work-item.
 * Deviation: that of the driver's pow and of act.cl. Row: binary.def; test:
 * test_kernels.c.
 */
#include "binary/binary_real.cl"

#define STRETCH(a16, a1, b16, b1)                                              \
    for (; j + 16 <= count; j += 16)                                           \
        STORE16(y + i + j,                                                     \
                act_f16(bound_f16(COMBINE(a16, b16), d.low, d.high)));         \
    for (; j < count; j++)                                                     \
        STORE(y, i + j, finish(COMBINE(a1, b1), d));

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *a, __global const REAL *b, __global REAL *y,
       const struct binary d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    uint i = begin;
    while (i < end) {
        const struct binary_place at = binary_place(d.plan, i);
        const uint count = min(at.rest, end - i);
        const float one_a = LOAD(a, at.a), one_b = LOAD(b, at.b);
        uint j = 0;
        if (d.plan.a[3] == 0) {
            STRETCH((float16)one_a, one_a, LOAD16(b + at.b + j),
                    LOAD(b, at.b + j))
        } else if (d.plan.b[3] == 0) {
            STRETCH(LOAD16(a + at.a + j), LOAD(a, at.a + j),
                    (float16)one_b, one_b)
        } else {
            STRETCH(LOAD16(a + at.a + j), LOAD(a, at.a + j),
                    LOAD16(b + at.b + j), LOAD(b, at.b + j))
        }
        i += count;
    }
}
