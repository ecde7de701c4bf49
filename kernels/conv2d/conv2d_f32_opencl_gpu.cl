/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, OpenCL on a GPU. Formula and layouts: conv2d.h.
 * Accumulates in f32 with fused multiply-add, in the order r, s, channel.
 * Needs OpenCL C 1.2, groups of 256 work-items and 7 KiB of local memory.
 * A GEMM without the matrix of patches: a group computes 64 output pixels x
 * one panel of 32 outputs (conv2d_pack.h); 16 steps of the depth at a time are
 * gathered to local memory, and each work-item keeps 4 x 2 sums, 16 apart, so
 * that no bank is met twice and writes of y are contiguous.
 * Padding, pixels beyond the last and depth beyond the end are zeros in local
 * memory. Sizes are below 2^28 (conv2d_opencl.c). x, w, y do not overlap.
 * Method: the usual implicit GEMM. Row: conv2d.def; test: test_kernels.c.
 */
#include "act.cl"

#define TILE_M 64
#define TILE_N 32
#define STEP 16
#define SIDE 16

#define X float
#include "conv2d/conv2d_pixels.cl"

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
assay_conv2d_f32_opencl_gpu(__global const float *restrict x,
                            __global const float *restrict w,
                            __global float *restrict y, const struct conv2d d)
{
    __local float a[STEP][TILE_M + 1], b[STEP][TILE_N];
    const uint first = get_group_id(0) * TILE_M;
    const uint column = get_group_id(1) * TILE_N;
    const uint group = get_group_id(2);
    const uint item = get_local_id(0), tx = item % SIDE, ty = item / SIDE;
    const uint depth = d.r * d.s * d.cg;
    const uint last = d.images * d.p * d.q;
    const size_t panels = (d.kg + TILE_N - 1) / TILE_N;
    float acc[4][2];
    /* The pixels that this work-item gathers, 16 apart. */
    int h0[4], w0[4];
    size_t image[4];
    w += (group * panels + get_group_id(1)) * TILE_N * (depth + 1);
    x += group * d.cg;
    y += group * d.kg + column;
    for (uint i = 0; i < 4; i++) {
        const uint pixel = first + ty + i * SIDE;
        h0[i] = (int)(pixel / d.q % d.p * d.stride_h) - (int)d.pad_top;
        w0[i] = (int)(pixel % d.q * d.stride_w) - (int)d.pad_left;
        image[i] = (size_t)(pixel / d.q / d.p) * d.h * d.w * d.c;
        if (pixel >= last)
            h0[i] = INT_MIN / 2;
        for (uint j = 0; j < 2; j++)
            acc[i][j] = w[tx + j * SIDE];
    }
    w += TILE_N;
    for (uint from = 0; from < depth; from += STEP) {
        const uint at = from + tx;
        const uint channel = at % d.cg;
        const uint r = at / d.cg / d.s, s = at / d.cg % d.s;
        for (uint i = 0; i < 4; i++) {
            const uint h = (uint)(h0[i] + (int)(r * d.dil_h));
            const uint wi = (uint)(w0[i] + (int)(s * d.dil_w));
            a[tx][ty + i * SIDE] =
                at < depth && h < d.h && wi < d.w
                    ? x[image[i] + ((size_t)h * d.w + wi) * d.c + channel]
                    : 0.0f;
        }
        for (uint i = item; i < STEP * TILE_N; i += SIDE * SIDE)
            b[i / TILE_N][i % TILE_N] =
                from + i / TILE_N < depth ? w[(size_t)from * TILE_N + i] : 0.0f;
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint t = 0; t < STEP; t++)
            for (uint i = 0; i < 4; i++)
                for (uint j = 0; j < 2; j++)
                    acc[i][j] = fma(a[t][ty + i * SIDE], b[t][tx + j * SIDE],
                                    acc[i][j]);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (uint i = 0; i < 4; i++)
        for (uint j = 0; j < 2; j++) {
            const uint pixel = first + ty + i * SIDE, c = tx + j * SIDE;
            if (pixel < last && column + c < d.kg)
                y[(size_t)pixel * d.k + c] =
                    act_f(bound_f(acc[i][j], d.low, d.high));
        }
}
