/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition, f32, OpenCL on a GPU. Formula and layouts: transpose.h. Needs
 * OpenCL C 1.2. A group of 32 x 4 work-items turns a tile of 32 x 32 in local
 * memory: read along the rows of x, written along those of y, each line one
 * stretch of memory; lines of 33 keep the columns in different banks. x and y
 * do not overlap. Deviation: none. Row: transpose.def; test: test_kernels.c.
 */
#include "group.cl"

#define TILE 32
#define LINES 4

struct transpose {
    uint batch, rows, cols;
};

__attribute__((reqd_work_group_size(TILE * LINES, 1, 1))) __kernel void
assay_transpose_f32_opencl_gpu(__global const float *restrict x,
                               __global float *restrict y,
                               const struct transpose d)
{
    __local float tile[TILE][TILE + 1];
    const uint down = (d.rows + TILE - 1) / TILE;
    const uint across = (d.cols + TILE - 1) / TILE;
    const uint group = group_number();
    const uint matrix = group / across / down;
    if (matrix >= d.batch)
        return;
    const uint i = group / across % down * TILE, j = group % across * TILE;
    const uint lane = get_local_id(0) % TILE, line = get_local_id(0) / TILE;
    const size_t base = (size_t)matrix * d.rows * d.cols;
    for (uint a = line; a < TILE; a += LINES)
        if (i + a < d.rows && j + lane < d.cols)
            tile[a][lane] = x[base + (size_t)(i + a) * d.cols + j + lane];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint b = line; b < TILE; b += LINES)
        if (j + b < d.cols && i + lane < d.rows)
            y[base + (size_t)(j + b) * d.rows + i + lane] = tile[lane][b];
}
