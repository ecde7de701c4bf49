/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, OpenCL on a GPU. Formula and layouts: dense.h.
 * Accumulates in f32 with fused multiply-add, k in ascending order.
 * Needs OpenCL C 1.2, groups of 256 work-items and 8 KiB of local memory.
 * A group computes 64 rows x one panel of 64 columns (dense_pack.h): 16 steps
 * of k at a time go to local memory, and each work-item keeps 4 x 4 sums, so
 * that a value from local memory serves four multiply-adds. A work-item's rows
 * and columns lie 16 apart: reads of local memory meet no bank twice, writes
 * of y are contiguous over the group.
 * Rows beyond m and k beyond the end are zeros in local memory; columns beyond
 * n are zero weights in the panel. x, w, y do not overlap.
 * Method: the usual register-tiled GEMM. Row: dense.def; test: test_kernels.c.
 */
#include "act.cl"

#define TILE 64
#define STEP 16
#define SIDE 16

struct dense {
    float low, high;
    uint m, n, k;
};

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
assay_dense_f32_opencl_gpu(__global const float *restrict x,
                           __global const float *restrict w,
                           __global float *restrict y, const struct dense d)
{
    __local float a[STEP][TILE + 1], b[STEP][TILE];
    const uint row = get_group_id(0) * TILE, column = get_group_id(1) * TILE;
    const uint item = get_local_id(0), tx = item % SIDE, ty = item / SIDE;
    float acc[4][4];
    w += (size_t)column * (d.k + 1);
    for (uint i = 0; i < 4; i++)
        for (uint j = 0; j < 4; j++)
            acc[i][j] = w[tx + j * SIDE];
    w += TILE;
    for (uint first = 0; first < d.k; first += STEP) {
        for (uint i = item; i < STEP * TILE; i += SIDE * SIDE) {
            const uint r = row + i / STEP, ka = first + i % STEP;
            const uint kb = first + i / TILE;
            a[i % STEP][i / STEP] =
                r < d.m && ka < d.k ? x[(size_t)r * d.k + ka] : 0.0f;
            b[i / TILE][i % TILE] =
                kb < d.k ? w[(size_t)kb * TILE + i % TILE] : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint t = 0; t < STEP; t++) {
            float left[4], right[4];
            for (uint i = 0; i < 4; i++)
                left[i] = a[t][ty + i * SIDE];
            for (uint j = 0; j < 4; j++)
                right[j] = b[t][tx + j * SIDE];
            for (uint i = 0; i < 4; i++)
                for (uint j = 0; j < 4; j++)
                    acc[i][j] = fma(left[i], right[j], acc[i][j]);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (uint i = 0; i < 4; i++)
        for (uint j = 0; j < 4; j++) {
            const uint r = row + ty + i * SIDE, c = column + tx + j * SIDE;
            if (r < d.m && c < d.n)
                y[(size_t)r * d.n + c] =
                    act_f(bound_f(acc[i][j], d.low, d.high));
        }
}
