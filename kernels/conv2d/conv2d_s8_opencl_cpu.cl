/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, s8, OpenCL on a CPU driver. Formula and layouts: conv2d.h, quantized.h;
 * panels of 16 outputs, words of one element (conv2d_words.h).
 * Sums in f32, which hold 256 products exactly, and over those in int, as in
 * dense_s8_opencl_cpu.cl. Needs OpenCL C 1.2; fast where float16 is a register.
 * A GEMM without the matrix of patches: a work-item computes TILE_M pixels x 2
 * panels (gemm_narrow.cl, conv2d_narrow.cl); one work-item a group, no barrier,
 * no local memory. Outside the image x is x_zero, which the packed bias takes
 * away. Sizes are below 2^28. x, w, y do not overlap. Equal to the reference to
 * the bit.
 * Launch: conv2d_opencl.c; row: conv2d.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define WZERO SPEC1
#define TILE_M 8
#include "requantize.cl"
#define X char
#define W char
#define x_load16(p) convert_float16(vload16(0, p))
#define x_load(p) convert_float(*(p))
#define w_load16(p) convert_float16(vload16(0, p))
#include "gemm_narrow.cl"
#include "conv2d/conv2d_pixels.cl"
#include "conv2d/conv2d_narrow.cl"

__attribute__((always_inline)) static inline void
tile(const uint panels, __global const char *restrict x,
     __global const char *restrict w, __global out *restrict y,
     const struct conv2d d, const uint first, const uint column)
{
    const uint depth = d.r * d.s * d.cg;
    const size_t panel = (size_t)(depth + 12) * WIDTH;
    struct pixel pixels[TILE_M];
    float xs[TILE_M][DEPTH];
    /* Unsigned, since parts of a sum may wrap around. */
    uint16 total[TILE_M][2];
    uint row_sums[TILE_M];
    locate(pixels, TILE_M, x, d, first);
#pragma unroll
    for (uint i = 0; i < TILE_M; i++) {
        row_sums[i] = 0;
#pragma unroll
        for (uint v = 0; v < panels; v++)
            total[i][v] = vload16(0, (__global const uint *)(w + v * panel));
    }
    for (uint from = 0; from < depth; from += DEPTH) {
        const uint count = min(depth - from, (uint)DEPTH);
        float16 acc[TILE_M][2];
        narrow_windows(xs, pixels, d, from, count, convert_float(d.x_zero));
#if WZERO
        for (uint i = 0; i < TILE_M; i++)
            for (uint t = 0; t < count; t++)
                row_sums[i] += (uint)(int)xs[i][t];
#endif
#pragma unroll
        for (uint v = 0; v < panels; v++)
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
                acc[i][v] = 0;
        narrow_steps(panels, xs, count, w + (size_t)(from + 12) * WIDTH, panel,
                     acc);
#pragma unroll
        for (uint v = 0; v < panels; v++)
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
                total[i][v] += as_uint16(convert_int16(acc[i][v]));
    }
    const uint last = d.images * d.p * d.q;
#pragma unroll
    for (uint v = 0; v < panels; v++) {
        __global const char *head = w + v * panel;
        const float16 scale = vload16(1, (__global const float *)head);
        const uint16 zero = vload16(2, (__global const uint *)head);
        const uint j = column + v * WIDTH;
#pragma unroll
        for (uint i = 0; i < TILE_M; i++) {
            if (first + i >= last)
                continue;
            const int16 sum = as_int16(total[i][v] - zero * row_sums[i]);
            out_store16(requantize16(sum, scale, d.low, d.high, d.y_zero),
                        y + (size_t)(first + i) * d.k + j, d.kg - j);
        }
    }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_conv2d_s8_opencl_cpu(__global const char *restrict x,
                           __global const char *restrict w,
                           __global out *restrict y, const struct conv2d d)
{
    const uint first = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * 2 * WIDTH, group = get_group_id(2);
    w += (size_t)d.group * group +
         (size_t)column * (d.r * d.s * d.cg + 12);
    x += group * d.cg;
    y += group * d.kg;
    if (d.kg - column > WIDTH)
        tile(2, x, w, y, d, first, column);
    else
        tile(1, x, w, y, d, first, column);
}
