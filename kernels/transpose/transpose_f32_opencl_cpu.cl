/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition, f32, OpenCL on a CPU driver. Formula and layouts: transpose.h.
 * Needs OpenCL C 1.2. One work-item a group takes `chunk` tiles of 16 x 16,
 * read as 16 float16 and turned in registers in four rounds, each of which
 * exchanges the off-diagonal quarters of squares of twice the size (Eklundh,
 * 1972; compilers make one shuffle of each result). Tiles that reach over the
 * border go element by element. x and y do not overlap. Deviation: none. Row:
 * transpose.def; test: test_kernels.c.
 */
#include "group.cl"

struct transpose {
    uint batch, rows, cols, chunk;
};

#define LOW_1(a, b)                                                            \
    (float16)(a.s0, b.s0, a.s2, b.s2, a.s4, b.s4, a.s6, b.s6, a.s8, b.s8,      \
              a.sa, b.sa, a.sc, b.sc, a.se, b.se)
#define HIGH_1(a, b)                                                           \
    (float16)(a.s1, b.s1, a.s3, b.s3, a.s5, b.s5, a.s7, b.s7, a.s9, b.s9,      \
              a.sb, b.sb, a.sd, b.sd, a.sf, b.sf)
#define LOW_2(a, b)                                                            \
    (float16)(a.s01, b.s01, a.s45, b.s45, a.s89, b.s89, a.scd, b.scd)
#define HIGH_2(a, b)                                                           \
    (float16)(a.s23, b.s23, a.s67, b.s67, a.sab, b.sab, a.sef, b.sef)
#define LOW_4(a, b) (float16)(a.s0123, b.s0123, a.s89ab, b.s89ab)
#define HIGH_4(a, b) (float16)(a.s4567, b.s4567, a.scdef, b.scdef)
#define LOW_8(a, b) (float16)(a.lo, b.lo)
#define HIGH_8(a, b) (float16)(a.hi, b.hi)

#define EXCHANGE(d, LOW, HIGH)                                                 \
    _Pragma("unroll") for (uint i = 0; i < 16; i++)                            \
    {                                                                          \
        if ((i & d) == 0) {                                                    \
            const float16 a = v[i], b = v[i + d];                              \
            v[i] = LOW(a, b);                                                  \
            v[i + d] = HIGH(a, b);                                             \
        }                                                                      \
    }

static inline void turn(__global const float *x, const uint x_step,
                        __global float *y, const uint y_step)
{
    float16 v[16];
#pragma unroll
    for (uint i = 0; i < 16; i++)
        v[i] = vload16(0, x + (size_t)i * x_step);
    EXCHANGE(1, LOW_1, HIGH_1)
    EXCHANGE(2, LOW_2, HIGH_2)
    EXCHANGE(4, LOW_4, HIGH_4)
    EXCHANGE(8, LOW_8, HIGH_8)
#pragma unroll
    for (uint i = 0; i < 16; i++)
        vstore16(v[i], 0, y + (size_t)i * y_step);
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_transpose_f32_opencl_cpu(__global const float *restrict x,
                               __global float *restrict y,
                               const struct transpose d)
{
    const uint down = (d.rows + 15) / 16, across = (d.cols + 15) / 16;
    const uint tiles = d.batch * across * down;
    const uint begin = min(group_number() * d.chunk, tiles);
    const uint end = min(begin + d.chunk, tiles);
    for (uint t = begin; t < end; t++) {
        const uint i = t % down * 16, j = t / down % across * 16;
        const size_t base = (size_t)(t / down / across) * d.rows * d.cols;
        __global const float *from = x + base + (size_t)i * d.cols + j;
        __global float *to = y + base + (size_t)j * d.rows + i;
        if (i + 16 <= d.rows && j + 16 <= d.cols) {
            turn(from, d.cols, to, d.rows);
            continue;
        }
        const uint height = min(16u, d.rows - i), width = min(16u, d.cols - j);
        for (uint b = 0; b < width; b++)
            for (uint a = 0; a < height; a++)
                to[(size_t)b * d.rows + a] = from[(size_t)a * d.cols + b];
    }
}
