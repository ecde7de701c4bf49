/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, OpenCL on a CPU driver. Formula and layouts: sparse.h,
 * quantized.h; packed weights: sparse_pack.h, singles; HEIGHT is that of a
 * strip. Sums of a block of k in f32, which holds 512 products exactly, and of
 * the blocks in int: drivers turn fma into the widest instruction there is,
 * integer dot products not. Needs OpenCL C 1.2; fast where float16 is a
 * register (AVX-512).
 * A work-item computes some strips, of 8 rows for HEIGHT 16, whose elements
 * become f32 in private memory and are broadcast from there, or of 16 rows,
 * which are turned (sparse_opencl_cpu.cl) and meet broadcast weights. No
 * barrier, no local memory. Rows beyond m read the last row again and are not
 * stored. x, w, y do not overlap. Equal to the reference to the bit. Row:
 * sparse.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define HEIGHT SPEC1
#define ROWS SPEC2
#include "requantize.cl"
#define X char
#define W char
#define x_load16(p) convert_float16(vload16(0, p))
#define x_load(p) convert_float(*(p))
#define w_load(p) convert_float(*(p))
#include "sparse/sparse_opencl_cpu.cl"

struct sparse {
    float low, high;
    int y_zero;
    uint m, n, k, strips, begins, columns, weights, outputs, scale;
};

/* A work-item's part: rows from `row`, outputs from `first`. */
struct part {
    uint row, first, outputs, strips;
};

#if HEIGHT == 16
__attribute__((always_inline)) static inline void
work(__global const char *restrict x, __global const int *restrict packed,
     __global out *restrict y, const struct sparse d, const struct part p)
{
    __global const ushort *columns =
        (__global const ushort *)(packed + d.columns);
    __global const char *weights = (__global const char *)(packed + d.weights);
    float xs[ROWS][DEPTH];
    uint16 total[OUTPUTS / 16][ROWS];
    for (uint s = 0; s < p.strips; s++)
        for (uint i = 0; i < ROWS; i++)
            total[s][i] = vload16(p.first / 16 + s, (__global const uint *)packed);
    for (uint from = 0; from < d.k; from += DEPTH) {
        const uint depth = min(d.k - from, (uint)DEPTH);
        __global const uint *begins = (__global const uint *)packed + d.begins +
                                      from / DEPTH * d.strips + p.first / 16;
        for (uint i = 0; i < ROWS; i++) {
            __global const char *a =
                x + (size_t)min(p.row + i, d.m - 1) * d.k + from;
            for (uint t = 0; t < depth; t += 16)
                vstore16(x_load_part(a + t, depth - t), 0, xs[i] + t);
        }
        for (uint s = 0; s < p.strips; s++) {
            float16 sum[ROWS];
#pragma unroll
            for (uint i = 0; i < ROWS; i++)
                sum[i] = 0.0f;
            for (uint e = begins[s]; e < begins[s + 1]; e++) {
                const uint c = columns[e];
                const float16 b = convert_float16(vload16(e, weights));
#pragma unroll
                for (uint i = 0; i < ROWS; i++)
                    sum[i] = fma((float16)(xs[i][c]), b, sum[i]);
            }
#pragma unroll
            for (uint i = 0; i < ROWS; i++)
                total[s][i] += as_uint16(convert_int16(sum[i]));
        }
    }
    for (uint s = 0; s < p.strips; s++) {
        const uint j = p.first + s * 16;
        const float16 scale =
            vload16(j / 16, (__global const float *)packed + d.scale);
        for (uint i = 0; i < min(d.m - p.row, (uint)ROWS); i++)
            out_store16(requantize16(as_int16(total[s][i]), scale, d.low, d.high,
                                     d.y_zero),
                        y + (size_t)(p.row + i) * d.n + j, d.n - j);
    }
}
#else
__attribute__((always_inline)) static inline void
work(__global const char *restrict x, __global const int *restrict packed,
     __global out *restrict y, const struct sparse d, const struct part p)
{
    __global const ushort *columns =
        (__global const ushort *)(packed + d.columns);
    __global const char *weights = (__global const char *)(packed + d.weights);
    float16 turned[DEPTH];
    uint16 total[OUTPUTS];
    for (uint j = 0; j < p.strips * HEIGHT; j++)
        total[j] = (uint)packed[p.first + j];
    for (uint from = 0; from < d.k; from += DEPTH) {
        __global const uint *begins = (__global const uint *)packed + d.begins +
                                      from / DEPTH * d.strips +
                                      p.first / HEIGHT;
        turn_rows(x + (size_t)p.row * d.k + from, d.k, d.m - p.row,
                  min(d.k - from, (uint)DEPTH), turned);
        for (uint s = 0; s < p.strips; s++) {
            float16 sum[HEIGHT];
            for (uint h = 0; h < HEIGHT; h++)
                sum[h] = 0.0f;
            list_sums(turned, columns, weights, begins[s], begins[s + 1], sum);
            for (uint h = 0; h < HEIGHT; h++)
                total[s * HEIGHT + h] += as_uint16(convert_int16(sum[h]));
        }
    }
    for (uint j = 0; j < p.outputs; j += 16) {
        const float16 scale = vload16(
            (p.first + j) / 16, (__global const float *)packed + d.scale);
        float16 v[16];
        for (uint i = 0; i < 16; i++)
            v[i] = as_float16(total[j + i]);
        turn16(v);
        for (uint i = 0; i < min(d.m - p.row, 16u); i++)
            out_store16(requantize16(as_int16(v[i]), scale, d.low, d.high,
                                     d.y_zero),
                        y + (size_t)(p.row + i) * d.n + p.first + j,
                        p.outputs - j);
    }
}
#endif

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_sparse_s8_opencl_cpu(__global const char *restrict x,
                           __global const int *restrict packed,
                           __global out *restrict y, const struct sparse d)
{
    struct part p = {get_group_id(0) * ROWS, get_group_id(1) * d.outputs, 0, 0};
    p.outputs = min(d.outputs, d.n - p.first);
    p.strips = (p.outputs + HEIGHT - 1) / HEIGHT;
    work(x, packed, y, d, p);
}
