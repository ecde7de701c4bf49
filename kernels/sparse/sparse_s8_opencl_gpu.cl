/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, OpenCL on a GPU. Formula and layouts: sparse.h, quantized.h;
 * packed weights: sparse_pack.h, singles. int sums. Needs OpenCL C 1.2.
 * A work-item computes 8 rows of one output; neighbours have the next outputs,
 * so that those of a strip read its weights side by side and the same elements
 * of x. An entry's weight serves 8 products. No dot products of four: elements
 * of different columns would have to be put together first. No local memory.
 * Rows beyond m read the last row again and are not stored. x, w, y do not
 * overlap. Equal to the reference to the bit. Row: sparse.def; test:
 * test_kernels.c.
 */
#define OUT SPEC0
#define HEIGHT SPEC1
#include "requantize.cl"
#include "group.cl"

#define ROWS 8
#define DEPTH 512 /* ASSAY_SPARSE_DEPTH_DEVICE */

struct sparse {
    float low, high;
    int y_zero;
    uint m, n, k, strips, begins, columns, weights, outputs, scale;
};

__attribute__((reqd_work_group_size(64, 1, 1))) __kernel void
assay_sparse_s8_opencl_gpu(__global const char *restrict x,
                           __global const int *restrict packed,
                           __global out *restrict y, const struct sparse d)
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
    __global const char *weights =
        (__global const char *)(packed + d.weights) + j % HEIGHT;
    uint sum[ROWS];
    size_t at[ROWS];
    for (uint i = 0; i < ROWS; i++) {
        sum[i] = (uint)packed[j];
        at[i] = (size_t)min(row + i, d.m - 1) * d.k;
    }
    for (uint first = 0; first < d.k; first += DEPTH, begins += d.strips)
        for (uint e = begins[0]; e < begins[1]; e++) {
            const uint c = first + columns[e];
            const int w = weights[(size_t)e * HEIGHT];
            for (uint i = 0; i < ROWS; i++)
                sum[i] += (uint)(x[at[i] + c] * w);
        }
    const float scale = ((__global const float *)packed)[d.scale + j];
    for (uint i = 0; i < ROWS; i++)
        if (row + i < d.m)
            y[(size_t)(row + i) * d.n + j] =
                requantize((int)sum[i], scale, d.low, d.high, d.y_zero);
}
