/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, b1, OpenCL on a CPU driver. Formula and layouts: dense.h, quantized.h;
 * panels of 16 columns (dense_pack.h).
 * Counts bits by popcount of uint16, which drivers turn into the widest
 * instructions there are. Needs OpenCL C 1.2.
 * A work-item computes TILE_M rows x 2 panels, whose 32 columns are one word of
 * y; one work-item a group, no barrier, no local memory. Rows beyond m read the
 * last row again and are not stored. x, w, y do not overlap. Equal to the
 * reference to the bit.
 * Launch: dense_opencl.c; row: dense.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define TILE_M SPEC1
#define BIAS SPEC2
#define WIDTH 16
#include "requantize.cl"
#include "bits.cl"

struct dense {
    float low, high;
    int y_zero;
    uint m, n, k;
};

__attribute__((always_inline)) static inline void
tile(const uint panels, __global const uint *restrict x,
     __global const uint *restrict w, __global out *restrict y,
     const struct dense d, const uint row, const uint column)
{
    const uint words = d.k / 32;
    const size_t panel = (size_t)(words + 3) * WIDTH;
    __global const uint *a[TILE_M];
    uint16 count[TILE_M][2];
#pragma unroll
    for (uint i = 0; i < TILE_M; i++) {
        a[i] = x + (size_t)min(row + i, d.m - 1) * words;
        count[i][0] = count[i][1] = 0;
    }
    for (uint t = 0; t < words; t++) {
#pragma unroll
        for (uint v = 0; v < panels; v++) {
            const uint16 b = vload16(t + 3, w + v * panel);
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
                count[i][v] += popcount(b ^ (uint16)(a[i][t]));
        }
    }
#pragma unroll
    for (uint i = 0; i < TILE_M; i++) {
        if (row + i >= d.m)
            continue;
#if OUT == 0
#pragma unroll
        for (uint v = 0; v < panels; v++) {
            __global const float *head =
                (__global const float *)(w + v * panel);
            const uint j = column + v * WIDTH;
            float16 r = convert_float16((int)d.k - 2 * as_int16(count[i][v]));
            r *= vload16(1, head);
#if BIAS
            r += vload16(0, head);
#endif
            out_store16(r, y + (size_t)(row + i) * d.n + j, d.n - j);
        }
#else
        uint bits = 0;
#pragma unroll
        for (uint v = 0; v < 2; v++) {
            __global const int *head = (__global const int *)(w + v * panel);
            const int16 above = as_int16(count[i][v]) > vload16(0, head);
            bits |= mask16(above ^ vload16(2, head)) << (v * WIDTH);
        }
        y[((size_t)(row + i) * d.n + column) / 32] = bits;
#endif
    }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_dense_b1_opencl_cpu(__global const uint *restrict x,
                          __global const uint *restrict w,
                          __global out *restrict y, const struct dense d)
{
    const uint row = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * 2 * WIDTH;
    w += (size_t)column * (d.k / 32 + 3);
    if (d.n - column > WIDTH)
        tile(2, x, w, y, d, row, column);
    else
        tile(1, x, w, y, d, row, column);
}
