/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f32, OpenCL on a CPU driver. Formula and layouts: pool.h. Needs
 * OpenCL C 1.2. One work-item a group takes `chunk` output pixels in turn;
 * float16 blocks run over channels, and the last block of a pixel overlaps the
 * one before it, with the same results. Fewer than 16 channels go one by one.
 * No barrier, no local memory. x and y do not overlap. Deviation: an average is
 * summed in float and multiplied by a rounded 1/count. Row: pool.def; test:
 * test_kernels.c.
 */
#include "group.cl"
#include "pool/pool.cl"

static inline float16 reduce16(__global const float *x, const struct taps *t,
                               const uint row_step, const uint column_step)
{
    float16 m = (float16)(AVERAGE ? 0.0f : -INFINITY);
    for (uint r = 0; r < t->rows; r++)
        for (uint s = 0; s < t->columns; s++) {
            const float16 v =
                vload16(0, x + (size_t)r * row_step + (size_t)s * column_step);
            m = AVERAGE ? m + v : fmax(m, v);
        }
    return AVERAGE ? m * t->scale : m;
}

static inline float reduce(__global const float *x, const struct taps *t,
                           const uint row_step, const uint column_step)
{
    float m = AVERAGE ? 0.0f : -INFINITY;
    for (uint r = 0; r < t->rows; r++)
        for (uint s = 0; s < t->columns; s++) {
            const float v = x[(size_t)r * row_step + (size_t)s * column_step];
            m = AVERAGE ? m + v : fmax(m, v);
        }
    return AVERAGE ? m * t->scale : m;
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_pool_f32_opencl_cpu(__global const float *restrict x,
                          __global float *restrict y, const struct pool d)
{
    const uint begin = min(group_number() * d.chunk, d.pixels);
    const uint end = min(begin + d.chunk, d.pixels);
    const uint row_step = d.dil_h * d.w * d.c, column_step = d.dil_w * d.c;
    for (uint pixel = begin; pixel < end; pixel++) {
        const struct taps t = window(&d, pixel);
        __global const float *from = x + t.first;
        __global float *to = y + (size_t)pixel * d.c;
        if (d.c < 16) {
            for (uint c = 0; c < d.c; c++)
                to[c] = reduce(from + c, &t, row_step, column_step);
            continue;
        }
        for (uint j = 0; j < d.c; j += 16) {
            const uint c = min(j, d.c - 16);
            vstore16(reduce16(from + c, &t, row_step, column_step), 0, to + c);
        }
    }
}
