/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f16, OpenCL on a GPU. Formula and layouts: conv2d.h;
 * panels of 64 outputs of f16 under a bias of f32 (conv2d_pack.h).
 * Accumulates in f32 with fused multiply-add, in the order r, s, channel;
 * rounded once. Needs OpenCL C 1.2 (vload_half), groups of 256 work-items and
 * 8 KiB of local memory. Blocking: gemm_words_gpu.cl, whose rows are output
 * pixels. Sizes are below 2^28. x, w, y do not overlap.
 * Launch: conv2d_opencl.c; row: conv2d.def; test: test_kernels.c.
 */
#include "act.cl"
#define X half
#define W half
#define WORD float
#define SUM float
#include "conv2d/conv2d_pixels.cl"
#define ROWS const struct conv2d

static inline float x_word(__global const half *x, const struct conv2d d,
                           uint row, uint step)
{
    struct pixel pixel;
    locate(&pixel, 1, x, d, row);
    __global const half *a = tap_of(pixel, d, step / d.cg);
    return a ? vload_half(step % d.cg, a) : 0;
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

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
assay_conv2d_f16_opencl_gpu(__global const half *restrict x,
                            __global const half *restrict w,
                            __global half *restrict y, const struct conv2d d)
{
    __local float a[STEP][TILE + 1], b[STEP][TILE];
    const uint row = get_group_id(0) * TILE, column = get_group_id(1) * TILE;
    const uint group = get_group_id(2);
    const uint tx = get_local_id(0) % SIDE, ty = get_local_id(0) / SIDE;
    const uint depth = d.r * d.s * d.cg, pixels = d.images * d.p * d.q;
    const uint panels = (d.kg + TILE - 1) / TILE;
    float acc[4][4], row_sums[4];
    w += (size_t)(group * panels + get_group_id(1)) * TILE * (depth + 2);
    gemm_words(x + group * d.cg, w + 2 * TILE, pixels, d, depth, row, 0, a, b,
               acc, row_sums);
    for (uint i = 0; i < 4; i++)
        for (uint j = 0; j < 4; j++) {
            const uint r = row + ty + i * SIDE, c = tx + j * SIDE;
            const float bias = ((__global const float *)w)[c];
            if (r < pixels && column + c < d.kg)
                vstore_half_rte(
                    act_f(bound_f(acc[i][j] + bias, d.low, d.high)),
                    (size_t)r * d.k + group * d.kg + column + c, y);
        }
}
