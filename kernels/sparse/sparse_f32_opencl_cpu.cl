/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, OpenCL on a CPU driver. Formula and layouts: sparse.h; packed
 * weights: sparse_pack.h; HEIGHT is that of a strip. f32 sums, fused
 * multiply-add. Needs OpenCL C 1.2; fast where float16 is a register (AVX-512).
 * HEIGHT 16: a work-item computes ROWS rows by one strip; an entry is a load of
 * 16 weights and a multiply-add with a broadcast element of each row.
 * HEIGHT 1, 4: a work-item computes 16 rows by some strips. It turns its rows of
 * x (turn.cl), so that one k of all rows is a vector, multiplies that by
 * broadcast weights, and turns the sums back. No barrier, no local memory.
 * Rows beyond m read the last row again and are not stored. x, w, y do not
 * overlap. Method: that of sparse_f32_tile.h. Row: sparse.def; test:
 * test_kernels.c.
 */
#include "act.cl"
#include "turn.cl"

#define HEIGHT SPEC1
#define ROWS SPEC2
#define DEPTH 512   /* ASSAY_SPARSE_DEPTH_DEVICE */
#define OUTPUTS 256 /* at most, of a work-item of HEIGHT 1, 4 */

struct sparse {
    float low, high;
    uint m, n, k, strips, begins, columns, weights, outputs;
};

static inline void put(__global float *to, float16 v, uint left)
{
    if (left >= 16) {
        vstore16(v, 0, to);
    } else {
        float part[16];
        vstore16(v, 0, part);
        for (uint c = 0; c < left; c++)
            to[c] = part[c];
    }
}

#if HEIGHT == 16
__attribute__((always_inline)) static inline void
work(__global const float *restrict x, __global const float *restrict packed,
     __global float *restrict y, const struct sparse d)
{
    const uint row = get_group_id(0) * ROWS, strip = get_group_id(1);
    __global const uint *begins = (__global const uint *)packed + d.begins;
    __global const ushort *columns =
        (__global const ushort *)(packed + d.columns);
    __global const float *weights = packed + d.weights;
    const uint end = begins[strip + 1];
    __global const float *a[ROWS];
    float16 sum[ROWS];
#pragma unroll
    for (uint i = 0; i < ROWS; i++) {
        a[i] = x + (size_t)min(row + i, d.m - 1) * d.k;
        sum[i] = vload16(strip, packed);
    }
    for (uint e = begins[strip]; e < end; e++) {
        const uint c = columns[e];
        const float16 b = vload16(e, weights);
#pragma unroll
        for (uint i = 0; i < ROWS; i++)
            sum[i] = fma((float16)(a[i][c]), b, sum[i]);
    }
#pragma unroll
    for (uint i = 0; i < ROWS; i++)
        if (row + i < d.m)
            put(y + (size_t)(row + i) * d.n + strip * 16,
                act_f16(bound_f16(sum[i], d.low, d.high)), d.n - strip * 16);
}
#else
/* Columns first … first + depth - 1 of 16 rows, turned. */
static inline void turn_rows(__global const float *x, const struct sparse d,
                             uint row, uint first, uint depth, float16 *to)
{
    for (uint c = 0; c < depth; c += 16) {
        float16 v[16];
        const uint left = depth - c;
#pragma unroll
        for (uint i = 0; i < 16; i++) {
            __global const float *from =
                x + (size_t)min(row + i, d.m - 1) * d.k + first + c;
            if (left >= 16) {
                v[i] = vload16(0, from);
            } else {
                float part[16] = {0};
                for (uint j = 0; j < left; j++)
                    part[j] = from[j];
                v[i] = vload16(0, part);
            }
        }
        turn16(v);
#pragma unroll
        for (uint i = 0; i < 16; i++)
            to[c + i] = v[i];
    }
}

__attribute__((always_inline)) static inline void
work(__global const float *restrict x, __global const float *restrict packed,
     __global float *restrict y, const struct sparse d)
{
    const uint row = get_group_id(0) * 16;
    const uint first_output = get_group_id(1) * d.outputs;
    const uint outputs = min(d.outputs, d.n - first_output);
    const uint strips = (outputs + HEIGHT - 1) / HEIGHT;
    __global const ushort *columns =
        (__global const ushort *)(packed + d.columns);
    __global const float *weights = packed + d.weights;
    float16 turned[DEPTH], sums[OUTPUTS];
    for (uint j = 0; j < strips * HEIGHT; j++)
        sums[j] = packed[first_output + j];
    for (uint first = 0; first < d.k; first += DEPTH) {
        __global const uint *begins = (__global const uint *)packed + d.begins +
                                      first / DEPTH * d.strips +
                                      first_output / HEIGHT;
        turn_rows(x, d, row, first, min(d.k - first, (uint)DEPTH), turned);
        for (uint s = 0; s < strips; s++) {
            const uint end = begins[s + 1];
            uint e = begins[s];
            float16 sum[4];
#pragma unroll
            for (uint h = 0; h < 4; h++)
                sum[h] = h < HEIGHT ? sums[s * HEIGHT + h] : 0.0f;
#if HEIGHT == 1
            for (; e + 4 <= end; e += 4)
#pragma unroll
                for (uint p = 0; p < 4; p++)
                    sum[p] = fma((float16)(weights[e + p]),
                                 turned[columns[e + p]], sum[p]);
            for (; e < end; e++)
                sum[0] =
                    fma((float16)(weights[e]), turned[columns[e]], sum[0]);
            sums[s] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
#else
            for (; e < end; e++) {
                const float16 b = turned[columns[e]];
#pragma unroll
                for (uint h = 0; h < 4; h++)
                    sum[h] = fma((float16)(weights[e * 4 + h]), b, sum[h]);
            }
#pragma unroll
            for (uint h = 0; h < 4; h++)
                sums[s * 4 + h] = sum[h];
#endif
        }
    }
    for (uint j = 0; j < outputs; j += 16) {
        float16 v[16];
#pragma unroll
        for (uint i = 0; i < 16; i++)
            v[i] = sums[j + i];
        turn16(v);
        for (uint i = 0; i < min(d.m - row, 16u); i++)
            put(y + (size_t)(row + i) * d.n + first_output + j,
                act_f16(bound_f16(v[i], d.low, d.high)), outputs - j);
    }
}
#endif

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_sparse_f32_opencl_cpu(__global const float *restrict x,
                            __global const float *restrict packed,
                            __global float *restrict y, const struct sparse d)
{
    work(x, packed, y, d);
}
