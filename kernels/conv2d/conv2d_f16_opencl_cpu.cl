/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f16, OpenCL on a CPU driver. Formula and layouts: conv2d.h;
 * panels of 16 outputs of f16 under a bias of f32 (conv2d_pack.h).
 * Accumulates in f32 with fused multiply-add, in the order r, s, channel;
 * rounded once. Needs OpenCL C 1.2 (vload_half); fast where float16 is a
 * register (AVX-512).
 * A GEMM without the matrix of patches: a work-item computes TILE_M pixels x 2
 * panels (gemm_narrow.cl, conv2d_narrow.cl); one work-item a group, no barrier,
 * no local memory. Sizes are below 2^28. x, w, y do not overlap.
 * Launch: conv2d_opencl.c; row: conv2d.def; test: test_kernels.c.
 */
#include "act.cl"
#define TILE_M 8
#define X half
#define W half
#define x_load16(p) vload_half16(0, p)
#define x_load(p) vload_half(0, p)
#define w_load16(p) vload_half16(0, p)
#include "gemm_narrow.cl"
#include "conv2d/conv2d_pixels.cl"
#include "conv2d/conv2d_narrow.cl"

__attribute__((always_inline)) static inline void
tile(const uint panels, __global const half *restrict x,
     __global const half *restrict w, __global half *restrict y,
     const struct conv2d d, const uint first, const uint column)
{
    const uint depth = d.r * d.s * d.cg;
    const size_t panel = (size_t)(depth + 2) * WIDTH;
    struct pixel pixels[TILE_M];
    float xs[TILE_M][DEPTH];
    float16 acc[TILE_M][2];
    locate(pixels, TILE_M, x, d, first);
#pragma unroll
    for (uint i = 0; i < TILE_M; i++)
#pragma unroll
        for (uint v = 0; v < panels; v++)
            acc[i][v] = vload16(0, (__global const float *)(w + v * panel));
    for (uint from = 0; from < depth; from += DEPTH) {
        const uint count = min(depth - from, (uint)DEPTH);
        narrow_windows(xs, pixels, d, from, count, 0);
        narrow_steps(panels, xs, count, w + (size_t)(from + 2) * WIDTH, panel,
                     acc);
    }
    const uint last = d.images * d.p * d.q;
#pragma unroll
    for (uint v = 0; v < panels; v++)
#pragma unroll
        for (uint i = 0; i < TILE_M; i++) {
            const uint j = column + v * WIDTH;
            const float16 r = act_f16(bound_f16(acc[i][v], d.low, d.high));
            const size_t at = (size_t)(first + i) * d.k + j;
            if (first + i >= last)
                continue;
            if (j + WIDTH <= d.kg) {
                vstore_half16_rte(r, 0, y + at);
            } else {
                float part[WIDTH];
                vstore16(r, 0, part);
                for (uint c = 0; c < d.kg - j; c++)
                    vstore_half_rte(part[c], at + c, y);
            }
        }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_conv2d_f16_opencl_cpu(__global const half *restrict x,
                            __global const half *restrict w,
                            __global half *restrict y, const struct conv2d d)
{
    const uint first = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * 2 * WIDTH, group = get_group_id(2);
    const size_t panel = (size_t)(d.r * d.s * d.cg + 2) * WIDTH;
    w += panel * (group * ((d.kg + WIDTH - 1) / WIDTH) + column / WIDTH);
    x += group * d.cg;
    y += group * d.kg;
    if (d.kg - column > WIDTH)
        tile(2, x, w, y, d, first, column);
    else
        tile(1, x, w, y, d, first, column);
}
