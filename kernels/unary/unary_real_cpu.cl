/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f32 or f16, OpenCL on a CPU driver: the includer names
 * KERNEL and, for f16, defines HALF. Formula: unary.h. Needs OpenCL C 1.2. One
 * work-item a group takes `chunk` consecutive elements as float16 blocks, the
 * last ones one by one, so that there are few groups and none of the driver's
 * own loops around them. y may be x: each element is read before it is written,
 * by the same work-item. Deviation: function.cl, act.cl and the driver's exp
 * and log. Row: unary.def; test: test_kernels.c.
 */
#include "unary/function.cl"
#include "group.cl"
#include "real.cl"

struct unary {
    float low, high;
    uint n, chunk;
    float alpha, beta;
};

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global REAL *y, const struct unary d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    uint i = begin;
    for (; i + 16 <= end; i += 16)
        STORE16(y + i, function_f16(bound_f16(LOAD16(x + i), d.low, d.high),
                                    d.alpha, d.beta));
    for (; i < end; i++)
        STORE(y, i,
              function_f(bound_f(LOAD(x, i), d.low, d.high), d.alpha, d.beta));
}
