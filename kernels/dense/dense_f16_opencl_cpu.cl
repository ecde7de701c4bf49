/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f16, OpenCL on a CPU driver. Formula and layouts: dense.h; panels of
 * 16 columns of f16 under a bias of f32 (dense_pack.h).
 * Accumulates in f32 with fused multiply-add, k in ascending order; rounded
 * once. Needs OpenCL C 1.2 (vload_half); fast where float16 is a register.
 * A work-item computes TILE_M rows x 2 panels (gemm_narrow.cl); one work-item a
 * group, no barrier, no local memory. Rows beyond m read the last row again and
 * are not stored; columns beyond n are zero weights in the panel. x, w, y do
 * not overlap. Launch: dense_opencl.c; row: dense.def; test: test_kernels.c.
 */
#include "act.cl"
#define TILE_M SPEC1
#define X half
#define W half
#define x_load16(p) vload_half16(0, p)
#define x_load(p) vload_half(0, p)
#define w_load16(p) vload_half16(0, p)
#include "gemm_narrow.cl"

struct dense {
    float low, high;
    uint m, n, k;
};

__attribute__((always_inline)) static inline void
tile(const uint panels, __global const half *restrict x,
     __global const half *restrict w, __global half *restrict y,
     const struct dense d, const uint row, const uint column)
{
    const size_t panel = (size_t)(d.k + 2) * WIDTH;
    __global const half *a[TILE_M];
    float xs[TILE_M][DEPTH];
    float16 acc[TILE_M][2];
#pragma unroll
    for (uint i = 0; i < TILE_M; i++) {
        a[i] = x + (size_t)min(row + i, d.m - 1) * d.k;
#pragma unroll
        for (uint v = 0; v < panels; v++)
            acc[i][v] = vload16(0, (__global const float *)(w + v * panel));
    }
    for (uint first = 0; first < d.k; first += DEPTH) {
        const uint depth = min(d.k - first, (uint)DEPTH);
        narrow_rows(xs, a, first, depth);
        narrow_steps(panels, xs, depth, w + (size_t)(first + 2) * WIDTH, panel,
                     acc);
    }
#pragma unroll
    for (uint v = 0; v < panels; v++)
#pragma unroll
        for (uint i = 0; i < TILE_M; i++) {
            const uint j = column + v * WIDTH;
            const float16 r = act_f16(bound_f16(acc[i][v], d.low, d.high));
            const size_t at = (size_t)(row + i) * d.n + j;
            if (row + i >= d.m)
                continue;
            if (j + WIDTH <= d.n) {
                vstore_half16_rte(r, 0, y + at);
            } else {
                float part[WIDTH];
                vstore16(r, 0, part);
                for (uint c = 0; c < d.n - j; c++)
                    vstore_half_rte(part[c], at + c, y);
            }
        }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_dense_f16_opencl_cpu(__global const half *restrict x,
                           __global const half *restrict w,
                           __global half *restrict y, const struct dense d)
{
    const uint row = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * 2 * WIDTH;
    w += (size_t)column * (d.k + 2);
    if (d.n - column > WIDTH)
        tile(2, x, w, y, d, row, column);
    else
        tile(1, x, w, y, d, row, column);
}
