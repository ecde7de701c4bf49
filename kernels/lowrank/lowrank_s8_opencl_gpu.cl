/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, s8, OpenCL on a GPU. Formula and layouts: lowrank.h,
 * quantized.h; packed weights: lowrank_pack.h, panels of 16 columns, words of
 * one element. int sums. Needs OpenCL C 1.2 and 16 KiB of local memory.
 * Blocking: lowrank_gpu.cl. Rows beyond m read the last row again and are not
 * stored. x, w, y do not overlap. Equal to the reference to the bit. Row:
 * lowrank.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define ROWS SPEC1
#define R SPEC2
#include "requantize.cl"
#include "group.cl"
#define X char
#define W char
#define SUM uint
#define HEAD 3
#include "lowrank/lowrank_gpu.cl"

struct lowrank {
    float low, high;
    int y_zero;
    uint m, n, k, r, after, outputs;
    int mid_zero;
};

__attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void
assay_lowrank_s8_opencl_gpu(__global const char *restrict x,
                            __global const char *restrict w,
                            __global out *restrict y, const struct lowrank d)
{
    __local char t[ROWS * R];
    const uint row = group_number() * ROWS, item = get_local_id(0);
    __global const char *a[ROWS];
    uint sum[ROWS];
    for (uint i = 0; i < ROWS; i++)
        a[i] = x + (size_t)min(row + i, d.m - 1) * d.k;
    for (uint l = item; l < d.r; l += ITEMS) {
        __global const char *panel = panel_of(w, l, d.k);
        const float scale = HEAD_OF(float, panel, 1, l);
        for (uint i = 0; i < ROWS; i++)
            sum[i] = HEAD_OF(uint, panel, 0, l);
        product_x(a, d.k, panel, l, sum);
        for (uint i = 0; i < ROWS; i++) {
            const float v = convert_float((int)sum[i]) * scale;
            const float q = clamp(v, (float)(-128 - d.mid_zero),
                                  (float)(127 - d.mid_zero));
            t[i * R + l] = convert_char(convert_int(rint(q)) + d.mid_zero);
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint j = item; j < d.n; j += ITEMS) {
        __global const char *panel = panel_of(w + d.after, j, d.r);
        const float scale = HEAD_OF(float, panel, 1, j);
        for (uint i = 0; i < ROWS; i++)
            sum[i] = HEAD_OF(uint, panel, 0, j);
        product_t(t, d.r, panel, j, sum);
        for (uint i = 0; i < ROWS; i++)
            if (row + i < d.m)
                y[(size_t)(row + i) * d.n + j] = requantize(
                    (int)sum[i], scale, d.low, d.high, d.y_zero);
    }
}
