/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of transpose for CPU drivers; the includer defines KERNEL.
 * SPEC1 = 0: lines are copied (move/strided.cl). SPEC1 = 1: planes are turned:
 * one work-item a group takes `chunk` tiles of 16 x 16 elements, read as 16
 * vectors of 16 and turned in registers (turn.cl), as words, since shuffles of
 * narrower lanes are slow. Tiles that reach over the border go element by
 * element.
 */
#if SPEC1 == 0
#include "move/strided.cl"

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const unit *restrict x, __global unit *restrict y,
       const struct strided d)
{
    move_strided(x, y, &d);
}

#else
#include "transpose/planes.cl"

#if SPEC0 == 1
#define WIDEN(v) convert_uint16(v)
#define NARROW(v) convert_uchar16(v)
#elif SPEC0 == 2
#define WIDEN(v) convert_uint16(v)
#define NARROW(v) convert_ushort16(v)
#else
#define WIDEN(v) (v)
#define NARROW(v) (v)
#endif
#define TURN_BLOCK uint16
#define TURN_MASK uint16
#include "turn.cl"

static inline void turn(__global const unit *x, const uint x_step,
                        __global unit *y, const uint y_step)
{
    TURN_BLOCK v[16];
#pragma unroll
    for (uint i = 0; i < 16; i++)
        v[i] = WIDEN(vload16(0, x + (size_t)i * x_step));
    turn16(v);
#pragma unroll
    for (uint i = 0; i < 16; i++)
        vstore16(NARROW(v[i]), 0, y + (size_t)i * y_step);
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const unit *restrict x, __global unit *restrict y,
       const struct planes d)
{
    const uint begin = min(group_number() * d.chunk, d.n);
    const uint end = min(begin + d.chunk, d.n);
    for (uint t = begin; t < end; t++) {
        const struct tile at = tile_number(&d, t, 16);
        __global const unit *from = x + at.x;
        __global unit *to = y + at.y;
        if (at.i + 16 <= d.rows && at.j + 16 <= d.cols) {
            turn(from, d.x_step, to, d.y_step);
            continue;
        }
        const uint height = min(16u, d.rows - at.i);
        const uint width = min(16u, d.cols - at.j);
        for (uint b = 0; b < width; b++)
            for (uint a = 0; a < height; a++)
                to[(size_t)b * d.y_step + a] = from[(size_t)a * d.x_step + b];
    }
}
#endif
