/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, OpenCL on a CPU driver. Formula and layouts: dense.h.
 * Accumulates in f32 with fused multiply-add, k in ascending order.
 * Needs OpenCL C 1.2; fast where float16 is a register (AVX-512).
 * A work-item computes TILE_M rows x 2 panels of 16 columns (dense_pack.h) in
 * 16 accumulators, which hide the latency of the multiply-add; neighbours in
 * dimension 0 share the panels, which stay in cache. One work-item a group, no
 * barrier, no local memory: PoCL then emits the plain loop nest.
 * Rows beyond m read the last row again and are not stored; columns beyond n
 * are zero weights in the panel. x, w, y do not overlap.
 * Tile sizes: our own measurements. Row: dense.def; test: test_kernels.c.
 */
#include "act.cl"

#define TILE_M SPEC1
#define WIDTH 16

struct dense {
    float low, high;
    uint m, n, k;
};

/* `panels` is 1 or 2 where it is inlined, so that every loop but the one over k
 * unrolls and acc is in registers. */
__attribute__((always_inline)) static inline void
tile(const uint panels, __global const float *restrict x,
     __global const float *restrict w, __global float *restrict y,
     const struct dense d, const uint row, const uint column)
{
    const size_t panel = (size_t)(d.k + 1) * WIDTH;
    __global const float *a[TILE_M];
    float16 acc[TILE_M][2];
#pragma unroll
    for (uint i = 0; i < TILE_M; i++)
        a[i] = x + (size_t)min(row + i, d.m - 1) * d.k;
#pragma unroll
    for (uint v = 0; v < panels; v++)
#pragma unroll
        for (uint i = 0; i < TILE_M; i++)
            acc[i][v] = vload16(0, w + v * panel);
    for (uint t = 0; t < d.k; t++) {
        w += WIDTH;
#pragma unroll
        for (uint v = 0; v < panels; v++) {
            const float16 b = vload16(0, w + v * panel);
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
                acc[i][v] = fma((float16)(a[i][t]), b, acc[i][v]);
        }
    }
#pragma unroll
    for (uint v = 0; v < panels; v++)
#pragma unroll
        for (uint i = 0; i < TILE_M; i++) {
            const uint j = column + v * WIDTH;
            const float16 r = act_f16(bound_f16(acc[i][v], d.low, d.high));
            __global float *out = y + (size_t)(row + i) * d.n + j;
            if (row + i >= d.m)
                continue;
            if (j + WIDTH <= d.n) {
                vstore16(r, 0, out);
            } else {
                float part[WIDTH];
                vstore16(r, 0, part);
                for (uint c = 0; c < d.n - j; c++)
                    out[c] = part[c];
            }
        }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_dense_f32_opencl_cpu(__global const float *restrict x,
                           __global const float *restrict w,
                           __global float *restrict y, const struct dense d)
{
    const uint row = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * 2 * WIDTH;
    w += (size_t)column * (d.k + 1);
    if (d.n - column > WIDTH)
        tile(2, x, w, y, d, row, column);
    else
        tile(1, x, w, y, d, row, column);
}
