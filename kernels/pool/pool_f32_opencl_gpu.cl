/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f32, OpenCL on a GPU. Formula and layouts: pool.h. Needs OpenCL C
 * 1.2. A work-item takes one output; neighbours are neighbouring channels, so
 * that each tap of a group is one stretch of memory. x and y do not overlap.
 * Deviation: an average is summed in float and multiplied by a rounded 1/count.
 * Row: pool.def; test: test_kernels.c.
 */
#include "group.cl"
#include "pool/pool.cl"

__kernel void assay_pool_f32_opencl_gpu(__global const float *restrict x,
                                        __global float *restrict y,
                                        const struct pool d)
{
    const uint output = group_number() * d.chunk + get_local_id(0);
    const uint pixel = output / d.c;
    if (pixel >= d.pixels)
        return;
    const struct taps t = window(&d, pixel);
    const size_t row_step = (size_t)d.dil_h * d.w * d.c;
    const size_t column_step = (size_t)d.dil_w * d.c;
    x += t.first + output % d.c;
    float m = AVERAGE ? 0.0f : -INFINITY;
    for (uint r = 0; r < t.rows; r++)
        for (uint s = 0; s < t.columns; s++) {
            const float v = x[r * row_step + s * column_step];
            m = AVERAGE ? m + v : fmax(m, v);
        }
    y[output] = AVERAGE ? m * t.scale : m;
}
