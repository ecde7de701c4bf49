/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, OpenCL on a GPU. Formula and layouts: sparse.h; packed weights:
 * sparse_pack.h. f32 sums, fused multiply-add. Needs OpenCL C 1.2.
 * A work-item computes 8 rows of one output; neighbours have the next outputs,
 * so that those of a strip read its weights side by side and the same elements
 * of x. An entry's weight serves 8 multiply-adds. No local memory.
 * Rows beyond m read the last row again and are not stored. x, w, y do not
 * overlap. Row: sparse.def; test: test_kernels.c.
 */
#include "act.cl"
#include "group.cl"

#define HEIGHT SPEC1
#define ROWS 8
#define DEPTH 512 /* ASSAY_SPARSE_DEPTH_DEVICE */

struct sparse {
    float low, high;
    uint m, n, k, strips, begins, columns, weights, outputs, scale;
};

__attribute__((reqd_work_group_size(64, 1, 1))) __kernel void
assay_sparse_f32_opencl_gpu(__global const float *restrict x,
                            __global const float *restrict packed,
                            __global float *restrict y, const struct sparse d)
{
    const uint across = (d.n + 63) / 64;
    const uint row = group_number() / across * ROWS;
    const uint j = group_number() % across * 64 + get_local_id(0);
    if (row >= d.m || j >= d.n)
        return;
    __global const uint *begins =
        (__global const uint *)packed + d.begins + j / HEIGHT;
    __global const ushort *columns =
        (__global const ushort *)(packed + d.columns);
    __global const float *weights = packed + d.weights + j % HEIGHT;
    const uint depth = HEIGHT == 16 ? d.k : DEPTH;
    float sum[ROWS];
    size_t at[ROWS];
    for (uint i = 0; i < ROWS; i++) {
        sum[i] = packed[j];
        at[i] = (size_t)min(row + i, d.m - 1) * d.k;
    }
    for (uint first = 0; first < d.k; first += depth, begins += d.strips)
        for (uint e = begins[0]; e < begins[1]; e++) {
            const uint c = first + columns[e];
            const float w = weights[(size_t)e * HEIGHT];
            for (uint i = 0; i < ROWS; i++)
                sum[i] = fma(x[at[i] + c], w, sum[i]);
        }
    for (uint i = 0; i < ROWS; i++)
        if (row + i < d.m)
            y[(size_t)(row + i) * d.n + j] =
                act_f(bound_f(sum[i], d.low, d.high));
}
