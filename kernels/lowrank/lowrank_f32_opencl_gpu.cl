/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, f32, OpenCL on a GPU. Formula and layouts: lowrank.h; packed
 * weights: lowrank_pack.h, panels of 16 columns. f32 sums. Needs OpenCL C 1.2
 * and 16 KiB of local memory. Blocking: lowrank_gpu.cl. Rows beyond m read the
 * last row again and are not stored. x, w, y do not overlap. Row: lowrank.def;
 * test: test_kernels.c.
 */
#include "act.cl"
#include "group.cl"
#define ROWS SPEC1
#define R SPEC2
#define X float
#define W float
#define SUM float
#define HEAD 1
#include "lowrank/lowrank_gpu.cl"

struct lowrank {
    float low, high;
    uint m, n, k, r, after, outputs;
};

__attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void
assay_lowrank_f32_opencl_gpu(__global const float *restrict x,
                             __global const char *restrict w,
                             __global float *restrict y, const struct lowrank d)
{
    __local float t[ROWS * R];
    const uint row = group_number() * ROWS, item = get_local_id(0);
    __global const float *a[ROWS];
    float sum[ROWS];
    for (uint i = 0; i < ROWS; i++)
        a[i] = x + (size_t)min(row + i, d.m - 1) * d.k;
    for (uint l = item; l < d.r; l += ITEMS) {
        for (uint i = 0; i < ROWS; i++)
            sum[i] = 0;
        product_x(a, d.k, panel_of(w, l, d.k), l, sum);
        for (uint i = 0; i < ROWS; i++)
            t[i * R + l] = sum[i];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint j = item; j < d.n; j += ITEMS) {
        __global const char *panel = panel_of(w + d.after, j, d.r);
        for (uint i = 0; i < ROWS; i++)
            sum[i] = HEAD_OF(float, panel, 0, j);
        product_t(t, d.r, panel, j, sum);
        for (uint i = 0; i < ROWS; i++)
            if (row + i < d.m)
                y[(size_t)(row + i) * d.n + j] =
                    act_f(bound_f(sum[i], d.low, d.high));
    }
}
