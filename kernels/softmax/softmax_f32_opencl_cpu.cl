/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32, OpenCL on a CPU driver. Formula: softmax.h. Needs OpenCL C 1.2.
 * One work-item a group takes `chunk` rows in turn, each in three passes:
 * maximum, exponentials with their sum, scaling, in float16 blocks; the last
 * columns lie in a block of their own, filled with -infinity, which adds
 * nothing. No barrier, no local memory. y may be x. Deviation: the driver's
 * exp, the order of the sum, one rounding of 1/sum. Row: softmax.def; test:
 * test_kernels.c.
 */
#include "group.cl"

struct softmax {
    uint rows, cols, chunk;
};

static inline float largest(const float16 v)
{
    const float8 a = fmax(v.lo, v.hi);
    const float4 b = fmax(a.lo, a.hi);
    const float2 c = fmax(b.lo, b.hi);
    return fmax(c.x, c.y);
}

static inline float total(const float16 v)
{
    const float8 a = v.lo + v.hi;
    const float4 b = a.lo + a.hi;
    const float2 c = b.lo + b.hi;
    return c.x + c.y;
}

/* The first n < 16 elements. */
static inline float16 load_part(__global const float *x, const uint n)
{
    float part[16];
    vstore16((float16)(-INFINITY), 0, part);
    for (uint i = 0; i < n; i++)
        part[i] = x[i];
    return vload16(0, part);
}

static inline void store_part(__global float *y, const uint n, const float16 v)
{
    float part[16];
    vstore16(v, 0, part);
    for (uint i = 0; i < n; i++)
        y[i] = part[i];
}

static inline void softmax_row(__global const float *x, __global float *y,
                               const uint cols)
{
    const uint whole = cols / 16 * 16, rest = cols % 16;
    const float16 tail = load_part(x + whole, rest);
    float16 most = tail;
    for (uint j = 0; j < whole; j += 16)
        most = fmax(most, vload16(0, x + j));
    const float16 top = (float16)(largest(most));
    const float16 last = exp(tail - top);
    float16 sums = last;
    for (uint j = 0; j < whole; j += 16) {
        const float16 e = exp(vload16(0, x + j) - top);
        vstore16(e, 0, y + j);
        sums += e;
    }
    const float scale = 1.0f / total(sums);
    for (uint j = 0; j < whole; j += 16)
        vstore16(vload16(0, y + j) * scale, 0, y + j);
    store_part(y + whole, rest, last * scale);
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_softmax_f32_opencl_cpu(__global const float *x, __global float *y,
                             const struct softmax d)
{
    const uint begin = min(group_number() * d.chunk, d.rows);
    const uint end = min(begin + d.chunk, d.rows);
    for (uint i = begin; i < end; i++)
        softmax_row(x + (size_t)i * d.cols, y + (size_t)i * d.cols, d.cols);
}
