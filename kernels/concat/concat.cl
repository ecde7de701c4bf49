/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of concat; the includer defines KERNEL. Sizes are in units:
 * of a row of y, and of each input's part of it.
 */
#include "move/move.cl"

struct concat {
    uint n, chunk, row;
    uint length[4];
};

__kernel void KERNEL(__global const unit *restrict x0,
                     __global const unit *restrict x1,
                     __global const unit *restrict x2,
                     __global const unit *restrict x3,
                     __global unit *restrict y, const struct concat d)
{
    const uint begin = move_begin(d.n, d.chunk);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin; i < end;) {
        const uint o = i / d.row;
        uint j = i % d.row, part = 0;
        while (j >= d.length[part])
            j -= d.length[part++];
        __global const unit *x = part == 0   ? x0
                                 : part == 1 ? x1
                                 : part == 2 ? x2
                                             : x3;
        const uint n = min(d.length[part] - j, end - i);
        move_run(y + i, x + (size_t)o * d.length[part] + j, n, 1);
        i += n;
    }
}
