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

#define HEIGHT SPEC1
#define ROWS SPEC2
#define X float
#define W float
#define x_load16(p) vload16(0, p)
#define x_load(p) (*(p))
#define w_load(p) (*(p))
#include "sparse/sparse_opencl_cpu.cl"

struct sparse {
    float low, high;
    uint m, n, k, strips, begins, columns, weights, outputs, scale;
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
        turn_rows(x + (size_t)row * d.k + first, d.k, d.m - row,
                  min(d.k - first, (uint)DEPTH), turned);
        for (uint s = 0; s < strips; s++)
            list_sums(turned, columns, weights, begins[s], begins[s + 1],
                      sums + s * HEIGHT);
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
