/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization, f32 or f16 (real.cl), OpenCL on a CPU driver: the
 * including file defines KERNEL as its symbol, and NORM_RMS for rmsnorm, which
 * has no mean and no beta. Formulas: layernorm.h, rmsnorm.h. Needs OpenCL C
 * 1.2. One work-item a group takes `chunk` rows in turn, each in float16 blocks
 * and in three passes: mean, squares of the differences, scaling; the last
 * columns lie in a block of their own, filled so that they add nothing. The
 * packed constants are gamma, then beta `stride` behind it, filled up to whole
 * blocks. No barrier, no local memory. y may be x. Deviation: sums in float in
 * another order, one rounding of 1/deviation.
 */
#include "group.cl"
#include "real.cl"

struct layernorm {
    uint rows, cols, chunk, stride;
    float eps;
};

static inline float row_sum(__global const REAL *x, const uint cols)
{
    const uint whole = cols / 16 * 16;
    float16 even = load_part(x + whole, cols % 16, 0), odd = 0;
    uint j = 0;
    for (; j + 32 <= whole; j += 32) {
        even += LOAD16(x + j);
        odd += LOAD16(x + j + 16);
    }
    if (j < whole)
        odd += LOAD16(x + j);
    return fold_sum(even + odd);
}

/* The sum of the squares of x - mean. */
static inline float row_squares(__global const REAL *x, const uint cols,
                                const float mean)
{
    const uint whole = cols / 16 * 16;
    const float16 tail = load_part(x + whole, cols % 16, mean) - mean;
    float16 even = tail * tail, odd = 0;
    uint j = 0;
    for (; j + 32 <= whole; j += 32) {
        const float16 a = LOAD16(x + j) - mean;
        const float16 b = LOAD16(x + j + 16) - mean;
        even = mad(a, a, even);
        odd = mad(b, b, odd);
    }
    if (j < whole) {
        const float16 a = LOAD16(x + j) - mean;
        odd = mad(a, a, odd);
    }
    return fold_sum(even + odd);
}

/* Lanes of x from the column that gamma begins at. */
static inline float16 scaled(const float16 x, const float mean,
                             const float scale, __global const float *gamma)
{
    return (x - mean) * (vload16(0, gamma) * scale);
}

#ifdef NORM_RMS
#define BETA16(j) 0.0f
#else
#define BETA16(j) vload16(0, gamma + d.stride + (j))
#endif

static inline void norm_row(__global const REAL *x,
                            __global const float *gamma, __global REAL *y,
                            const struct layernorm d)
{
    const float n = (float)d.cols;
    const uint whole = d.cols / 16 * 16, rest = d.cols % 16;
#ifdef NORM_RMS
    const float mean = 0;
#else
    const float mean = row_sum(x, d.cols) / n;
#endif
    const float scale =
        1.0f / sqrt(row_squares(x, d.cols, mean) / n + d.eps);
    for (uint j = 0; j < whole; j += 16)
        STORE16(y + j,
                scaled(LOAD16(x + j), mean, scale, gamma + j) + BETA16(j));
    if (rest)
        store_part(y + whole, rest,
                   scaled(load_part(x + whole, rest, 0), mean, scale,
                          gamma + whole) +
                       BETA16(whole));
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global const float *gamma, __global REAL *y,
       const struct layernorm d)
{
    const uint begin = min(group_number() * d.chunk, d.rows);
    const uint end = min(begin + d.chunk, d.rows);
    for (uint i = begin; i < end; i++)
        norm_row(x + (size_t)i * d.cols, gamma, y + (size_t)i * d.cols, d);
}
