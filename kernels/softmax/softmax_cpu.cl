/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32 or f16 (real.cl), OpenCL on a CPU driver: the including file
 * defines KERNEL as its symbol. Formula: softmax.h. Needs OpenCL C 1.2. One
 * work-item a group takes `chunk` rows in turn, each in three passes: maximum,
 * exponentials with their sum, scaling, in float16 blocks; the last columns lie
 * in a block of their own, filled with -infinity, which adds nothing. f32 keeps
 * the exponentials in y, f16 computes them again. No barrier, no local memory.
 * y may be x. Deviation: the driver's exp, the order of the sum, one rounding
 * of 1/sum.
 */
#include "group.cl"
#include "real.cl"

struct softmax {
    uint rows, cols, chunk;
};

static inline void softmax_row(__global const REAL *x, __global REAL *y,
                               const uint cols)
{
    const uint whole = cols / 16 * 16, rest = cols % 16;
    const float16 tail = load_part(x + whole, rest, -INFINITY);
    float16 most = tail;
    for (uint j = 0; j < whole; j += 16)
        most = fmax(most, LOAD16(x + j));
    const float16 top = (float16)(fold_max(most));
    const float16 last = exp(tail - top);
    float16 sums = last;
    for (uint j = 0; j < whole; j += 16) {
        const float16 e = exp(LOAD16(x + j) - top);
#ifndef HALF
        STORE16(y + j, e);
#endif
        sums += e;
    }
    const float scale = 1.0f / fold_sum(sums);
    for (uint j = 0; j < whole; j += 16)
#ifdef HALF
        STORE16(y + j, exp(LOAD16(x + j) - top) * scale);
#else
        STORE16(y + j, LOAD16(y + j) * scale);
#endif
    store_part(y + whole, rest, last * scale);
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global REAL *y, const struct softmax d)
{
    const uint begin = min(group_number() * d.chunk, d.rows);
    const uint end = min(begin + d.chunk, d.rows);
    for (uint i = begin; i < end; i++)
        softmax_row(x + (size_t)i * d.cols, y + (size_t)i * d.cols, d.cols);
}
