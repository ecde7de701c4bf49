/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of transpose for GPUs; the includer defines KERNEL. SPEC1 =
 * 0: lines are copied (move/strided.cl). SPEC1 = 1: planes are turned: a group
 * of 32 x 4 work-items turns a tile of 32 x 32 in local memory: read along the
 * rows of x, written along those of y, each line one stretch of memory; lines
 * of 33 keep the columns in different banks. Indices are of 32 bits: with
 * longer ones PoCL 3.1 stores beyond the borders, whatever the condition.
 */
#if SPEC1 == 0
#include "move/strided.cl"

__kernel void KERNEL(__global const unit *restrict x, __global unit *restrict y,
                     const struct strided d)
{
    move_strided(x, y, &d);
}

#else
#include "transpose/planes.cl"

#define TILE 32
#define LINES 4

__attribute__((reqd_work_group_size(TILE * LINES, 1, 1))) __kernel void
KERNEL(__global const unit *restrict x, __global unit *restrict y,
       const struct planes d)
{
    __local unit tile[TILE][TILE + 1];
    const uint group = group_number();
    if (group >= d.n)
        return;
    const struct tile at = tile_number(&d, group, TILE);
    const uint lane = get_local_id(0) % TILE, line = get_local_id(0) / TILE;
    for (uint a = line; a < TILE; a += LINES)
        if (at.i + a < d.rows && at.j + lane < d.cols)
            tile[a][lane] = x[at.x + a * d.x_step + lane];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint b = line; b < TILE; b += LINES)
        if (at.j + b < d.cols && at.i + lane < d.rows)
            y[at.y + b * d.y_step + lane] = tile[lane][b];
}
#endif
