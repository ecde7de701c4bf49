/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f16, OpenCL on a GPU. Formula and layouts: dense.h; panels of 64
 * columns of f16 under a bias of f32 (dense_pack.h).
 * Accumulates in f32 with fused multiply-add, k in ascending order; rounded
 * once. Needs OpenCL C 1.2 (vload_half), groups of 256 work-items and 8 KiB of
 * local memory. Blocking: gemm_words_gpu.cl. x, w, y do not overlap.
 * Launch: dense_opencl.c; row: dense.def; test: test_kernels.c.
 */
#include "act.cl"
#define WORD float
#define SUM float
#define X half
#define W half

static inline float x_word(__global const half *x, uint k, uint row, uint step)
{
    return vload_half((size_t)row * k + step, x);
}

static inline float w_word(__global const half *w, uint step, uint column)
{
    return vload_half((size_t)step * 64 + column, w);
}

static inline float dot(float sum, float a, float b)
{
    return fma(a, b, sum);
}
#include "gemm_words_gpu.cl"

struct dense {
    float low, high;
    uint m, n, k;
};

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
assay_dense_f16_opencl_gpu(__global const half *restrict x,
                           __global const half *restrict w,
                           __global half *restrict y, const struct dense d)
{
    __local float a[STEP][TILE + 1], b[STEP][TILE];
    const uint row = get_group_id(0) * TILE, column = get_group_id(1) * TILE;
    const uint tx = get_local_id(0) % SIDE, ty = get_local_id(0) / SIDE;
    float acc[4][4], row_sums[4];
    w += (size_t)column * (d.k + 2);
    gemm_words(x, w + 2 * TILE, d.m, d.k, d.k, row, 0, a, b, acc, row_sums);
    for (uint i = 0; i < 4; i++)
        for (uint j = 0; j < 4; j++) {
            const uint r = row + ty + i * SIDE, c = tx + j * SIDE;
            const float bias = ((__global const float *)w)[c];
            if (r < d.m && column + c < d.n)
                vstore_half_rte(
                    act_f(bound_f(acc[i][j] + bias, d.low, d.high)),
                    (size_t)r * d.n + column + c, y);
        }
}
