/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, b1, OpenCL on a CPU driver. Formula and layouts: conv2d.h, quantized.h;
 * panels of 16 outputs (conv2d_words.h).
 * Counts bits by popcount of uint16, as dense_b1_opencl_cpu.cl; where a window
 * leaves the image it counts as if those taps were 0. Needs OpenCL C 1.2.
 * A work-item computes TILE_M pixels x 2 panels, whose 32 outputs are one word
 * of y; one work-item a group, no barrier, no local memory. Sizes are below
 * 2^28. x, w, y do not overlap. Equal to the reference to the bit.
 * Launch: conv2d_opencl.c; row: conv2d.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define BIAS SPEC1
#define WIDTH 16
#define TILE_M 8
#include "requantize.cl"
#include "bits.cl"
#define X uint
#include "conv2d/conv2d_pixels.cl"

__attribute__((always_inline)) static inline void
tile(const uint panels, __global const uint *restrict x,
     __global const uint *restrict w, __global const int *restrict half_of,
     __global out *restrict y, const struct conv2d d, const uint first,
     const uint column)
{
    const uint taps = d.r * d.s, words = taps * d.cg;
    const size_t panel = (size_t)(words + 3) * WIDTH;
    struct pixel pixels[TILE_M];
    uint16 count[TILE_M][2];
    locate(pixels, TILE_M, x, d, first);
#pragma unroll
    for (uint i = 0; i < TILE_M; i++)
        count[i][0] = count[i][1] = 0;
    for (uint tap = 0; tap < taps; tap++) {
        __global const uint *a[TILE_M];
        uint inside[TILE_M];
#pragma unroll
        for (uint i = 0; i < TILE_M; i++) {
            a[i] = tap_of(pixels[i], d, tap);
            inside[i] = a[i] ? ~0u : 0;
            a[i] = a[i] ? a[i] : x;
            if (inside[i])
                continue;
#pragma unroll
            for (uint v = 0; v < panels; v++)
                count[i][v] +=
                    as_uint16(vload16(v * taps + tap, half_of));
        }
        for (uint t = 0; t < d.cg; t++) {
#pragma unroll
            for (uint v = 0; v < panels; v++) {
                const uint16 b = vload16(tap * d.cg + t + 3, w + v * panel);
#pragma unroll
                for (uint i = 0; i < TILE_M; i++)
                    count[i][v] +=
                        popcount(b ^ (uint16)(a[i][t] & inside[i]));
            }
        }
    }
    const uint last = d.images * d.p * d.q;
#pragma unroll
    for (uint i = 0; i < TILE_M; i++) {
        if (first + i >= last)
            continue;
#if OUT == 0
#pragma unroll
        for (uint v = 0; v < panels; v++) {
            __global const float *head =
                (__global const float *)(w + v * panel);
            const uint j = column + v * WIDTH;
            float16 r = convert_float16((int)(words * 32) -
                                        2 * as_int16(count[i][v]));
            r *= vload16(1, head);
#if BIAS
            r += vload16(0, head);
#endif
            out_store16(r, y + (size_t)(first + i) * d.k + j, d.kg - j);
        }
#else
        uint bits = 0;
#pragma unroll
        for (uint v = 0; v < 2; v++) {
            __global const int *head = (__global const int *)(w + v * panel);
            const int16 above = as_int16(count[i][v]) > vload16(0, head);
            bits |= mask16(above ^ vload16(2, head)) << (v * WIDTH);
        }
        y[((size_t)(first + i) * d.k + column) / 32] = bits;
#endif
    }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_conv2d_b1_opencl_cpu(__global const uint *restrict x,
                           __global const uint *restrict w,
                           __global out *restrict y, const struct conv2d d)
{
    const uint first = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * 2 * WIDTH, group = get_group_id(2);
    const uint taps = d.r * d.s, panels = (d.kg + WIDTH - 1) / WIDTH;
    __global const int *half_of =
        (__global const int *)w + (size_t)d.group * d.groups +
        (size_t)(group * panels * WIDTH + column) * taps;
    w += (size_t)d.group * group + (size_t)column * (taps * d.cg + 3);
    x += group * d.cg;
    y += OUT == 0 ? group * d.kg : group * d.kg / 32;
    if (d.kg - column > WIDTH)
        tile(2, x, w, half_of, y, d, first, column);
    else
        tile(1, x, w, half_of, y, d, first, column);
}
