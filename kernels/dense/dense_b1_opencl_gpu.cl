/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, b1, OpenCL on a GPU. Formula and layouts: dense.h, quantized.h; panels
 * of 64 columns (dense_pack.h). Counts bits by popcount.
 * Needs OpenCL C 1.2, groups of 256 work-items and 12 KiB of local memory.
 * Blocking: gemm_words_gpu.cl. An output of bits is gathered in local memory,
 * for one work-item to write each word. x, w, y do not overlap. Equal to the
 * reference to the bit.
 * Launch: dense_opencl.c; row: dense.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define BIAS SPEC2
#include "requantize.cl"
#define WORD uint
#define SUM uint
#define X uint
#define W uint

static inline uint x_word(__global const uint *x, uint k, uint row, uint step)
{
    return x[(size_t)row * k + step];
}

static inline uint w_word(__global const uint *w, uint step, uint column)
{
    return w[(size_t)step * 64 + column];
}

static inline uint dot(uint sum, uint a, uint b)
{
    return sum + popcount(a ^ b);
}
#include "gemm_words_gpu.cl"

struct dense {
    float low, high;
    int y_zero;
    uint m, n, k;
};

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
assay_dense_b1_opencl_gpu(__global const uint *restrict x,
                          __global const uint *restrict w,
                          __global out *restrict y, const struct dense d)
{
    __local uint a[STEP][TILE + 1], b[STEP][TILE];
    const uint row = get_group_id(0) * TILE, column = get_group_id(1) * TILE;
    const uint item = get_local_id(0), tx = item % SIDE, ty = item / SIDE;
    const uint words = d.k / 32;
    uint acc[4][4], row_sums[4];
    w += (size_t)column * (words + 3);
    gemm_words(x, w + 3 * TILE, d.m, words, words, row, 0, a, b, acc, row_sums);
#if OUT == 0
    for (uint j = 0; j < 4; j++) {
        const uint c = tx + j * SIDE;
        const float bias = as_float(w[c]), scale = as_float(w[TILE + c]);
        for (uint i = 0; i < 4; i++) {
            const uint r = row + ty + i * SIDE;
            float v = convert_float((int)d.k - 2 * (int)acc[i][j]) * scale;
#if BIAS
            v += bias;
#endif
            if (r < d.m && column + c < d.n)
                y[(size_t)r * d.n + column + c] = v;
        }
    }
#else
    __local uchar above[TILE][TILE];
    for (uint j = 0; j < 4; j++) {
        const uint c = tx + j * SIDE;
        const int limit = (int)w[c];
        const uint flip = w[2 * TILE + c];
        for (uint i = 0; i < 4; i++)
            above[ty + i * SIDE][c] =
                ((int)acc[i][j] > limit ? 1 : 0) ^ (flip & 1);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    const uint r = item / 2, c = item % 2 * 32;
    if (item >= 2 * TILE || row + r >= d.m || column + c >= d.n)
        return;
    uint bits = 0;
    for (uint j = 0; j < 32; j++)
        bits |= (uint)above[r][c + j] << j;
    y[((size_t)(row + r) * d.n + column + c) / 32] = bits;
#endif
}
