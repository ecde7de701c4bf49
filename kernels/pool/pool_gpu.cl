/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of pool for GPUs; the includer defines KERNEL, and what
 * pool.cl asks for. A work-item takes one output; neighbours are neighbouring
 * channels, so that each tap of a group is one stretch of memory.
 */
#include "pool/pool.cl"

__kernel void KERNEL(__global const element *restrict x,
                     __global result *restrict y, const struct pool d)
{
    const uint output = group_number() * d.chunk + (uint)get_local_id(0);
    const uint pixel = output / d.c;
    if (pixel >= d.pixels)
        return;
    const struct taps t = window(&d, pixel);
    reduce(x + t.first + output % d.c, y + output, &d, &t);
}
