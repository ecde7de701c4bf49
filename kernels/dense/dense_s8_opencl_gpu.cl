/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, s8, OpenCL on a GPU. Formula and layouts: dense.h, quantized.h; panels
 * of 64 columns, words of four elements (dense_pack.h). int sums.
 * Needs OpenCL C 1.2, groups of 256 work-items and 8 KiB of local memory.
 * Blocking: gemm_words_gpu.cl. Rows of x are read by elements, since those of an
 * odd length do not begin with a word. x, w, y do not overlap. Equal to the
 * reference to the bit.
 * Launch: dense_opencl.c; row: dense.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define WZERO SPEC2
#include "requantize.cl"
#define WORD uint
#define SUM uint
#define X char
#define W uint

static inline uint x_word(__global const char *x, uint k, uint row, uint step)
{
    const uint at = step * 4;
    x += (size_t)row * k + at;
    return as_uint((char4)(x[0], at + 1 < k ? x[1] : 0, at + 2 < k ? x[2] : 0,
                           at + 3 < k ? x[3] : 0));
}

static inline uint w_word(__global const uint *w, uint step, uint column)
{
    return w[(size_t)step * 64 + column];
}

static inline uint dot(uint sum, uint a, uint b)
{
    const int4 p = convert_int4(as_char4(a)) * convert_int4(as_char4(b));
    return sum + (uint)(p.x + p.y + p.z + p.w);
}
#include "gemm_words_gpu.cl"

struct dense {
    float low, high;
    int y_zero;
    uint m, n, k;
};

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
assay_dense_s8_opencl_gpu(__global const char *restrict x,
                          __global const uint *restrict w,
                          __global out *restrict y, const struct dense d)
{
    __local uint a[STEP][TILE + 1], b[STEP][TILE];
    const uint row = get_group_id(0) * TILE, column = get_group_id(1) * TILE;
    const uint tx = get_local_id(0) % SIDE, ty = get_local_id(0) / SIDE;
    const uint steps = (d.k + 3) / 4;
    uint acc[4][4], row_sums[4];
    w += (size_t)column * (steps + 3);
    gemm_words(x, w + 3 * TILE, d.m, d.k, steps, row,
               WZERO ? 0x01010101u : 0u, a, b, acc, row_sums);
    for (uint j = 0; j < 4; j++) {
        const uint c = tx + j * SIDE;
        const uint bias = w[c], zero = w[2 * TILE + c];
        const float scale = as_float(w[TILE + c]);
        for (uint i = 0; i < 4; i++) {
            const uint r = row + ty + i * SIDE;
            const int sum = (int)(acc[i][j] + bias - zero * row_sums[i]);
            if (r < d.m && column + c < d.n)
                y[(size_t)r * d.n + column + c] =
                    requantize(sum, scale, d.low, d.high, d.y_zero);
        }
    }
}
