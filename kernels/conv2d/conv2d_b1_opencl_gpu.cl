/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, b1, OpenCL on a GPU. Formula and layouts: conv2d.h, quantized.h;
 * panels of 64 outputs (conv2d_words.h).
 * Needs OpenCL C 1.2, groups of 256 work-items and 12 KiB of local memory.
 * Blocking: gemm_words_gpu.cl, whose rows are output pixels; where a window
 * leaves the image its bits count as if those taps were 0. Sizes are below
 * 2^28. x, w, y do not overlap. Equal to the reference to the bit.
 * Launch: conv2d_opencl.c; row: conv2d.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define BIAS SPEC1
#include "requantize.cl"
#define X uint
#define W uint
#define WORD uint
#define SUM uint
#include "conv2d/conv2d_pixels.cl"
#define ROWS const struct conv2d

static inline uint x_word(__global const uint *x, const struct conv2d d,
                          uint row, uint step)
{
    struct pixel pixel;
    locate(&pixel, 1, x, d, row);
    __global const uint *a = tap_of(pixel, d, step / d.cg);
    return a ? a[step % d.cg] : 0;
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

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
assay_conv2d_b1_opencl_gpu(__global const uint *restrict x,
                           __global const uint *restrict w,
                           __global out *restrict y, const struct conv2d d)
{
    __local uint a[STEP][TILE + 1], b[STEP][TILE];
    const uint row = get_group_id(0) * TILE, column = get_group_id(1) * TILE;
    const uint group = get_group_id(2), item = get_local_id(0);
    const uint tx = item % SIDE, ty = item / SIDE;
    const uint taps = d.r * d.s, words = taps * d.cg;
    const uint pixels = d.images * d.p * d.q;
    const uint panels = (d.kg + TILE - 1) / TILE;
    __global const uint *half_of =
        w + (size_t)d.group * d.groups +
        (size_t)(group * panels + get_group_id(1)) * TILE * taps;
    uint acc[4][4], row_sums[4];
    w += (size_t)d.group * group + (size_t)column * (words + 3);
    gemm_words(x + group * d.cg, w + 3 * TILE, pixels, d, words, row, 0, a, b,
               acc, row_sums);
    for (uint i = 0; i < 4; i++) {
        struct pixel pixel;
        locate(&pixel, 1, x, d, row + ty + i * SIDE);
        for (uint tap = 0; tap < taps; tap++)
            if (!tap_of(pixel, d, tap))
                for (uint j = 0; j < 4; j++)
                    acc[i][j] += half_of[tap * TILE + tx + j * SIDE];
    }
#if OUT == 0
    for (uint j = 0; j < 4; j++) {
        const uint c = tx + j * SIDE;
        const float bias = as_float(w[c]), scale = as_float(w[TILE + c]);
        for (uint i = 0; i < 4; i++) {
            const uint r = row + ty + i * SIDE;
            float v =
                convert_float((int)(words * 32) - 2 * (int)acc[i][j]) * scale;
#if BIAS
            v += bias;
#endif
            if (r < pixels && column + c < d.kg)
                y[(size_t)r * d.k + group * d.kg + column + c] = v;
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
    if (item >= 2 * TILE || row + r >= pixels || column + c >= d.kg)
        return;
    uint bits = 0;
    for (uint j = 0; j < 32; j++)
        bits |= (uint)above[r][c + j] << j;
    y[((size_t)(row + r) * d.k + group * d.kg + column + c) / 32] = bits;
#endif
}
