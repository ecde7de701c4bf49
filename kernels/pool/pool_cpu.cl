/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of pool for CPU drivers; the includer defines KERNEL, and
 * what pool.cl asks for. One work-item a group takes `chunk` output pixels in
 * turn; blocks of 16 channels, of which the last of a pixel overlaps the one
 * before it, with the same results. Fewer than 16 channels go one by one. No
 * barrier, no local memory.
 */
#include "pool/pool.cl"

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const element *restrict x, __global result *restrict y,
       const struct pool d)
{
    const uint begin = min(group_number() * d.chunk, d.pixels);
    const uint end = min(begin + d.chunk, d.pixels);
    for (uint pixel = begin; pixel < end; pixel++) {
        const struct taps t = window(&d, pixel);
        __global const element *from = x + t.first;
        __global result *to = y + (size_t)pixel * d.c;
        if (d.c < 16) {
            for (uint c = 0; c < d.c; c++)
                reduce(from + c, to + c, &d, &t);
            continue;
        }
        for (uint j = 0; j < d.c; j += 16) {
            const uint c = min(j, d.c - 16);
            reduce16(from + c, to + c, &d, &t);
        }
    }
}
