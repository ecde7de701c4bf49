/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, s8, OpenCL on a CPU driver. Formula and layouts: lowrank.h,
 * quantized.h; packed weights: lowrank_pack.h, panels of 16 columns, words of
 * one element. Sums in f32, which hold 256 products exactly, and over those in
 * int. Needs OpenCL C 1.2; fast where float16 is a register (AVX-512).
 * A work-item computes t for TILE_M rows, in private memory, then their
 * outputs, or some of them where the rows are few (lowrank_cpu.cl). One
 * work-item a group, no barrier, no local memory. Rows beyond m read the last
 * row again and are not stored. x, w, y do not overlap. Equal to the reference
 * to the bit. Row: lowrank.def; test: test_kernels.c.
 */
#define OUT SPEC0
#define TILE_M SPEC1
#define R SPEC2
#include "requantize.cl"
#define X char
#define W char
#define x_load16(p) convert_float16(vload16(0, p))
#define x_load(p) convert_float(*(p))
#define w_load16(p) convert_float16(vload16(0, p))
#include "gemm_narrow.cl"
#define SUM uint16
#define sum_load(p) vload16(0, (__global const uint *)(p))
#define HEAD 3
#define S8 1
#include "lowrank/lowrank_cpu.cl"

struct lowrank {
    float low, high;
    int y_zero;
    uint m, n, k, r, after, outputs;
    int mid_zero;
};

/* Of t: the s8 value, as f32. */
static inline float16 requantize_mid(uint16 total, __global const char *panel,
                                     int zero)
{
    const float16 v = convert_float16(as_int16(total)) *
                      vload16(1, (__global const float *)panel);
    return rint(clamp(v, (float)(-128 - zero), (float)(127 - zero))) +
           (float)zero;
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_lowrank_s8_opencl_cpu(__global const char *restrict x,
                            __global const char *restrict w,
                            __global out *restrict y, const struct lowrank d)
{
    const struct part p = part_of(d.n, d.outputs);
    __global const char *a[TILE_M];
    uint16 total[TILE_M][2];
    t_block t[R / DEPTH];
    for (uint i = 0; i < TILE_M; i++)
        a[i] = x + (size_t)min(p.row + i, d.m - 1) * d.k;
    for (uint l = 0; l < d.r; l += 2 * WIDTH) {
        __global const char *panel = w + l / WIDTH * panel_bytes(d.k);
        const uint panels = product(true, a, t, d.k, panel, d.r - l, total);
        for (uint v = 0; v < panels; v++)
            for (uint i = 0; i < TILE_M; i++)
                vstore16(requantize_mid(total[i][v],
                                        panel + v * panel_bytes(d.k),
                                        d.mid_zero),
                         0, t[l / DEPTH][i] + l % DEPTH + v * WIDTH);
    }
    for (uint j = p.first; j < p.end; j += 2 * WIDTH) {
        __global const char *panel = w + d.after + j / WIDTH * panel_bytes(d.r);
        const uint panels = product(false, a, t, d.r, panel, p.end - j, total);
        for (uint v = 0; v < panels; v++) {
            const float16 scale = vload16(
                1, (__global const float *)(panel + v * panel_bytes(d.r)));
            const uint c = j + v * WIDTH;
            for (uint i = 0; i < min(d.m - p.row, (uint)TILE_M); i++)
                out_store16(requantize16(as_int16(total[i][v]), scale, d.low,
                                         d.high, d.y_zero),
                            y + (size_t)(p.row + i) * d.n + c, p.end - c);
        }
    }
}
