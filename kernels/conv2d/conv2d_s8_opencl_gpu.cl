/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, s8, OpenCL on a GPU. Formula and layouts: conv2d.h, quantized.h;
 * panels of 64 outputs, words of four channels of a tap (conv2d_words.h). int
 * sums. Needs OpenCL C 1.2, groups of 256 work-items and 8 KiB of local memory.
 * Blocking: gemm_words_gpu.cl, whose rows are output pixels. Outside the image
 * x is x_zero, which the packed bias takes away. Sizes are below 2^28. x, w, y
 * do not overlap. Equal to the reference to the bit.
 * Launch: conv2d_opencl.c; row: conv2d.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define WZERO SPEC1
#include "requantize.cl"
#define X char
#define W uint
#define WORD uint
#define SUM uint
#include "conv2d/conv2d_pixels.cl"
#define ROWS const struct conv2d

static inline uint x_word(__global const char *x, const struct conv2d d,
                          uint row, uint step)
{
    const uint words = (d.cg + 3) / 4, at = step % words * 4;
    struct pixel pixel;
    locate(&pixel, 1, x, d, row);
    __global const char *a = tap_of(pixel, d, step / words);
    char v[4];
    for (uint i = 0; i < 4; i++)
        v[i] = at + i >= d.cg ? 0 : a ? a[at + i] : (char)d.x_zero;
    return as_uint((char4)(v[0], v[1], v[2], v[3]));
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

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
assay_conv2d_s8_opencl_gpu(__global const char *restrict x,
                           __global const uint *restrict w,
                           __global out *restrict y, const struct conv2d d)
{
    __local uint a[STEP][TILE + 1], b[STEP][TILE];
    const uint row = get_group_id(0) * TILE, column = get_group_id(1) * TILE;
    const uint group = get_group_id(2);
    const uint tx = get_local_id(0) % SIDE, ty = get_local_id(0) / SIDE;
    const uint steps = d.r * d.s * ((d.cg + 3) / 4);
    const uint pixels = d.images * d.p * d.q;
    uint acc[4][4], row_sums[4];
    w += (size_t)d.group / 4 * group + (size_t)column * (steps + 3);
    gemm_words(x + group * d.cg, w + 3 * TILE, pixels, d, steps, row,
               WZERO ? 0x01010101u : 0u, a, b, acc, row_sums);
    for (uint j = 0; j < 4; j++) {
        const uint c = tx + j * SIDE;
        const uint bias = w[c], zero = w[2 * TILE + c];
        const float scale = as_float(w[TILE + c]);
        for (uint i = 0; i < 4; i++) {
            const uint r = row + ty + i * SIDE;
            const int sum = (int)(acc[i][j] + bias - zero * row_sums[i]);
            if (r < pixels && column + c < d.kg)
                y[(size_t)r * d.k + group * d.kg + column + c] =
                    requantize(sum, scale, d.low, d.high, d.y_zero);
        }
    }
}
