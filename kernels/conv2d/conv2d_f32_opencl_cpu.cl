/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, OpenCL on a CPU driver. Formula and layouts: conv2d.h.
 * Accumulates in f32 with fused multiply-add, in the order r, s, channel.
 * Needs OpenCL C 1.2; fast where float16 is a register (AVX-512).
 * A GEMM without the matrix of patches: a work-item computes 8 output pixels x
 * 2 panels of 16 outputs (conv2d_pack.h) in 16 accumulators, and takes a
 * pointer to each pixel's input at every tap. Padding, and pixels beyond the
 * last, point to the zeros behind the packed weights, so that the inner loop
 * has no condition. One work-item a group, no barrier, no local memory.
 * Sizes are below 2^28 (conv2d_opencl.c). x, w, y do not overlap.
 * Method: indirect convolution, arXiv 1907.02129, with the pointers made on
 * the way. Row: conv2d.def; test: test_kernels.c.
 */
#include "act.cl"

#define TILE_M 8
#define WIDTH 16

#define X float
#include "conv2d/conv2d_pixels.cl"

/* `panels` is 1 or 2 where it is inlined, so that every loop over the tile
 * unrolls and acc is in registers. */
__attribute__((always_inline)) static inline void
tile(const uint panels, __global const float *restrict x,
     __global const float *restrict w, __global const float *zeros,
     __global float *restrict y, const struct conv2d d, const uint first,
     const uint column)
{
    const size_t panel = ((size_t)d.r * d.s * d.cg + 1) * WIDTH;
    struct pixel pixels[TILE_M];
    __global const float *a[TILE_M];
    float16 acc[TILE_M][2];
    locate(pixels, TILE_M, x, d, first);
#pragma unroll
    for (uint v = 0; v < panels; v++)
#pragma unroll
        for (uint i = 0; i < TILE_M; i++)
            acc[i][v] = vload16(0, w + v * panel);
    for (uint r = 0; r < d.r; r++)
        for (uint s = 0; s < d.s; s++) {
#pragma unroll
            for (uint i = 0; i < TILE_M; i++) {
                const uint h = (uint)(pixels[i].h + (int)(r * d.dil_h));
                const uint wi = (uint)(pixels[i].w + (int)(s * d.dil_w));
                a[i] = h < d.h && wi < d.w
                           ? pixels[i].image + ((size_t)h * d.w + wi) * d.c
                           : zeros;
            }
            for (uint t = 0; t < d.cg; t++) {
                w += WIDTH;
#pragma unroll
                for (uint v = 0; v < panels; v++) {
                    const float16 b = vload16(0, w + v * panel);
#pragma unroll
                    for (uint i = 0; i < TILE_M; i++)
                        acc[i][v] = fma((float16)(a[i][t]), b, acc[i][v]);
                }
            }
        }
    const uint last = d.images * d.p * d.q;
#pragma unroll
    for (uint v = 0; v < panels; v++)
#pragma unroll
        for (uint i = 0; i < TILE_M; i++) {
            const uint j = column + v * WIDTH;
            const float16 result = act_f16(bound_f16(acc[i][v], d.low, d.high));
            __global float *out = y + (size_t)(first + i) * d.k + j;
            if (first + i >= last)
                continue;
            if (j + WIDTH <= d.kg) {
                vstore16(result, 0, out);
            } else {
                float part[WIDTH];
                vstore16(result, 0, part);
                for (uint c = 0; c < d.kg - j; c++)
                    out[c] = part[c];
            }
        }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_conv2d_f32_opencl_cpu(__global const float *restrict x,
                            __global const float *restrict w,
                            __global float *restrict y, const struct conv2d d)
{
    const uint first = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * 2 * WIDTH;
    const uint group = get_group_id(2);
    const size_t depth = (size_t)d.r * d.s * d.cg + 1;
    const size_t per_group = (d.kg + WIDTH - 1) / WIDTH * WIDTH * depth;
    __global const float *zeros = w + per_group * d.groups;
    w += per_group * group + column * depth;
    x += group * d.cg;
    y += group * d.kg;
    if (d.kg - column > WIDTH)
        tile(2, x, w, zeros, y, d, first, column);
    else
        tile(1, x, w, zeros, y, d, first, column);
}
