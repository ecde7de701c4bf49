/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, f32, OpenCL on a CPU driver. Formula and layouts: lowrank.h;
 * packed weights: lowrank_pack.h, panels of 16 columns. f32 sums, fused
 * multiply-add. Needs OpenCL C 1.2; fast where float16 is a register (AVX-512).
 * A work-item computes t for TILE_M rows, in private memory, then their
 * outputs, or some of them where the rows are few (lowrank_cpu.cl). One
 * work-item a group, no barrier, no local memory. Rows beyond m read the last
 * row again and are not stored. x, w, y do not overlap. Row: lowrank.def; test:
 * test_kernels.c.
 */
#include "act.cl"
#define TILE_M SPEC1
#define R SPEC2
#define X float
#define W float
#define x_load16(p) vload16(0, p)
#define x_load(p) (*(p))
#define w_load16(p) vload16(0, p)
#include "gemm_narrow.cl"
#define SUM float16
#define sum_load(p) vload16(0, (__global const float *)(p))
#define HEAD 1
#define S8 0
#include "lowrank/lowrank_cpu.cl"

struct lowrank {
    float low, high;
    uint m, n, k, r, after, outputs;
};

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_lowrank_f32_opencl_cpu(__global const float *restrict x,
                             __global const char *restrict w,
                             __global float *restrict y, const struct lowrank d)
{
    const struct part p = part_of(d.n, d.outputs);
    __global const float *a[TILE_M];
    float16 total[TILE_M][2];
    t_block t[R / DEPTH];
    for (uint i = 0; i < TILE_M; i++)
        a[i] = x + (size_t)min(p.row + i, d.m - 1) * d.k;
    for (uint l = 0; l < d.r; l += 2 * WIDTH) {
        const uint panels = product(
            true, a, t, d.k, w + l / WIDTH * panel_bytes(d.k), d.r - l, total);
        for (uint v = 0; v < panels; v++)
            for (uint i = 0; i < TILE_M; i++)
                vstore16(total[i][v], 0,
                         t[l / DEPTH][i] + l % DEPTH + v * WIDTH);
    }
    for (uint j = p.first; j < p.end; j += 2 * WIDTH) {
        const uint panels =
            product(false, a, t, d.r,
                    w + d.after + j / WIDTH * panel_bytes(d.r), p.end - j,
                    total);
        for (uint i = 0; i < min(d.m - p.row, (uint)TILE_M); i++)
            for (uint v = 0; v < panels; v++) {
                const uint c = j + v * WIDTH;
                const float16 s =
                    act_f16(bound_f16(total[i][v], d.low, d.high));
                __global float *to = y + (size_t)(p.row + i) * d.n + c;
                if (c + WIDTH <= p.end) {
                    vstore16(s, 0, to);
                } else {
                    float part[WIDTH];
                    vstore16(s, 0, part);
                    for (uint q = 0; q < p.end - c; q++)
                        to[q] = part[q];
                }
            }
    }
}
