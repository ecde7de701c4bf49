/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f32 or f16, OpenCL on a GPU: the includer names KERNEL
 * and, for f16, defines HALF. Formula: unary.h. Needs OpenCL C 1.2. A group
 * takes `chunk` consecutive elements; its work-items stand side by side and
 * step by the group's size, so that each access of a group is one stretch of
 * memory. y may be x: each element is read before it is written, by the same
 * work-item. Deviation: function.cl, act.cl and the driver's exp and log. Row:
 * unary.def; test: test_kernels.c.
 */
#include "unary/function.cl"
#include "group.cl"
#include "real.cl"

struct unary {
    float low, high;
    uint n, chunk;
    float alpha, beta;
};

__kernel void KERNEL(__global const REAL *x, __global REAL *y,
                     const struct unary d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin + get_local_id(0); i < end; i += get_local_size(0))
        STORE(y, i,
              function_f(bound_f(LOAD(x, i), d.low, d.high), d.alpha, d.beta));
}
