/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, any dtype, OpenCL on a CPU driver. Formula and layouts:
 * depthwise.h, quantized.h. Accumulates in f32 with fused multiply-add, or s8
 * in int, in the order r, s. Needs OpenCL C 1.2 (f16: vload_half); fast where
 * float16 is a register (AVX-512). The includer defines KERNEL and what
 * depthwise_element.cl asks for.
 * A work-item computes 4 neighbouring pixels of one output row, 16 channels at
 * a time, so that a weight is loaded once for four pixels; in the interior the
 * taps of a row are unconditional, and with kernel width and stride known at
 * compile time (SPEC1, SPEC2, 0 if not) neighbours share their inputs. One
 * work-item a group, no barrier, no local memory.
 * A last block of fewer than 16 channels is moved back over the one before;
 * with fewer than 16 channels in all they go one by one. Sizes are below 2^28
 * (depthwise_opencl.c). x, w, y do not overlap.
 * Method: own. Rows: depthwise.def; test: test_kernels.c.
 */
#include "depthwise/depthwise_element.cl"

#define TILE 4

#if SPEC1 > 0
#define S SPEC1
#define STRIDE_W SPEC2
#define DIL_W 1
#else
#define S d.s
#define STRIDE_W d.stride_w
#define DIL_W d.dil_w
#endif

/* All pixels of the tile with all their taps are inside the image. */
static inline void inside(__global const X *restrict row,
                          __global const WEIGHT *restrict w, SUM16 *acc,
                          const struct depthwise d, const int column)
{
    row += (size_t)column * d.c;
#pragma unroll
    for (uint s = 0; s < S; s++) {
        const SUM16 b = W16_OF(w + (size_t)s * d.cp);
#pragma unroll
        for (uint i = 0; i < TILE; i++)
            acc[i] = MAC(X16_OF(row + (size_t)(i * STRIDE_W + s * DIL_W) * d.c),
                         b, acc[i]);
    }
}

static inline void border(__global const X *restrict row,
                          __global const WEIGHT *restrict w, SUM16 *acc,
                          const struct depthwise d, const int column,
                          const uint pixels)
{
    for (uint s = 0; s < d.s; s++) {
        const SUM16 b = W16_OF(w + (size_t)s * d.cp);
#pragma unroll
        for (uint i = 0; i < TILE; i++) {
            const uint at =
                (uint)(column + (int)(i * d.stride_w + s * d.dil_w));
            if (i < pixels && at < d.w)
                acc[i] = MAC(X16_OF(row + (size_t)at * d.c), b, acc[i]);
        }
    }
}

static inline SUM one(__global const X *restrict image,
                      __global const WEIGHT *restrict w, SUM acc,
                      const struct depthwise d, const int top,
                      const int column, const uint channel)
{
    for (uint r = 0; r < d.r; r++)
        for (uint s = 0; s < d.s; s++) {
            const uint h = (uint)(top + (int)(r * d.dil_h));
            const uint at = (uint)(column + (int)(s * d.dil_w));
            if (h < d.h && at < d.w)
                acc = MAC(X_OF(image, ((size_t)h * d.w + at) * d.c + channel),
                          (SUM)w[(size_t)(r * d.s + s) * d.cp + channel], acc);
        }
    return acc;
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const X *restrict x, __global const PACKED *restrict packed,
       __global Y *restrict y, const struct depthwise d)
{
    __global const WEIGHT *w = WEIGHTS(packed, d.cp);
    const uint first = get_group_id(0) * TILE;
    const uint p = get_group_id(1) % d.p, image = get_group_id(1) / d.p;
    const uint pixels = min(d.q - first, (uint)TILE);
    const int top = (int)(p * d.stride_h) - (int)d.pad_top;
    const int column = (int)(first * d.stride_w) - (int)d.pad_left;
    const int right =
        column + (int)((TILE - 1) * d.stride_w + (d.s - 1) * d.dil_w);
    const bool interior = pixels == TILE && column >= 0 && right < (int)d.w;
    x += (size_t)image * d.h * d.w * d.c;
    y += ((size_t)get_group_id(1) * d.q + first) * d.c;
    if (d.c < 16) {
        for (uint i = 0; i < pixels; i++)
            for (uint c = 0; c < d.c; c++)
                PUT(y, (size_t)i * d.c + c,
                    one(x, w, packed[c], d, top,
                        column + (int)(i * d.stride_w), c),
                    packed, c);
        return;
    }
    for (uint block = 0; block < d.c; block += 16) {
        const uint c = min(block, d.c - 16);
        SUM16 acc[TILE];
#pragma unroll
        for (uint i = 0; i < TILE; i++)
            acc[i] = vload16(0, packed + c);
        for (uint r = 0; r < d.r; r++) {
            const uint h = (uint)(top + (int)(r * d.dil_h));
            __global const X *row = x + (size_t)h * d.w * d.c + c;
            __global const WEIGHT *wr = w + (size_t)r * d.s * d.cp + c;
            if (h >= d.h)
                continue;
            if (interior)
                inside(row, wr, acc, d, column);
            else
                border(row, wr, acc, d, column, pixels);
        }
#pragma unroll
        for (uint i = 0; i < TILE; i++)
            if (i < pixels)
                PUT16(y, (size_t)i * d.c + c, acc[i], packed, c);
    }
}
