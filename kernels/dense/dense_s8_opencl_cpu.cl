/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, s8, OpenCL on a CPU driver. Formula and layouts: dense.h, quantized.h;
 * panels of 16 columns, words of one element (dense_pack.h).
 * Sums in f32, which hold 256 products exactly, and over those in int: drivers
 * turn fma into the widest instruction there is, integer dot products not.
 * Needs OpenCL C 1.2; fast where float16 is a register (AVX-512).
 * A work-item computes TILE_M rows x 2 panels (gemm_narrow.cl); one work-item a
 * group, no barrier, no local memory. Rows beyond m read the last row again and
 * are not stored; columns beyond n are zero weights in the panel. x, w, y do
 * not overlap. Equal to the reference to the bit.
 * Launch: dense_opencl.c; row: dense.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define TILE_M SPEC1
#define WZERO SPEC2
#include "requantize.cl"
#define X char
#define W char
#define x_load16(p) convert_float16(vload16(0, p))
#define x_load(p) convert_float(*(p))
#define w_load16(p) convert_float16(vload16(0, p))
#include "gemm_narrow.cl"

struct dense {
    float low, high;
    int y_zero;
    uint m, n, k;
};

__attribute__((always_inline)) static inline void
tile(const uint panels, __global const char *restrict x,
     __global const char *restrict w, __global out *restrict y,
     const struct dense d, const uint row, const uint column)
{
    const size_t panel = (size_t)(d.k + 12) * WIDTH;
    __global const char *a[TILE_M];
    float xs[TILE_M][DEPTH];
    /* Unsigned, since parts of a sum may wrap around. */
    uint16 total[TILE_M][2];
    uint row_sums[TILE_M];
#pragma unroll
    for (uint i = 0; i < TILE_M; i++) {
        a[i] = x + (size_t)min(row + i, d.m - 1) * d.k;
        row_sums[i] = 0;
#pragma unroll
        for (uint v = 0; v < panels; v++)
            total[i][v] = vload16(0, (__global const uint *)(w + v * panel));
    }
    for (uint first = 0; first < d.k; first += DEPTH) {
        const uint depth = min(d.k - first, (uint)DEPTH);
        float16 acc[TILE_M][2];
        narrow_rows(xs, a, first, depth);
#if WZERO
        for (uint i = 0; i < TILE_M; i++)
            for (uint t = 0; t < depth; t++)
                row_sums[i] += (uint)(int)xs[i][t];
#endif
#pragma unroll
        for (uint v = 0; v < panels; v++)
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
                acc[i][v] = 0;
        narrow_steps(panels, xs, depth, w + (size_t)(first + 12) * WIDTH, panel,
                     acc);
#pragma unroll
        for (uint v = 0; v < panels; v++)
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
                total[i][v] += as_uint16(convert_int16(acc[i][v]));
    }
#pragma unroll
    for (uint v = 0; v < panels; v++) {
        __global const char *head = w + v * panel;
        const float16 scale = vload16(1, (__global const float *)head);
        const uint16 zero = vload16(2, (__global const uint *)head);
        const uint j = column + v * WIDTH;
#pragma unroll
        for (uint i = 0; i < TILE_M; i++) {
            if (row + i >= d.m)
                continue;
            const int16 sum = as_int16(total[i][v] - zero * row_sums[i]);
            out_store16(requantize16(sum, scale, d.low, d.high, d.y_zero),
                        y + (size_t)(row + i) * d.n + j, d.n - j);
        }
    }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_dense_s8_opencl_cpu(__global const char *restrict x,
                          __global const char *restrict w,
                          __global out *restrict y, const struct dense d)
{
    const uint row = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * 2 * WIDTH;
    w += (size_t)column * (d.k + 12);
    if (d.n - column > WIDTH)
        tile(2, x, w, y, d, row, column);
    else
        tile(1, x, w, y, d, row, column);
}
