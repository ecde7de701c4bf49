/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, for CPU drivers of Vulkan (llvmpipe).
 * Formula and layouts: sparse.h; packed weights: sparse_pack.h. f32 products and
 * sums (fma). Needs subgroup ballot operations and subgroups of 4, 8 or 16.
 * HEIGHT 16: a work-group computes ROWS rows by one strip with the blocking of
 * gemm_cpu.glsl; lane t loads the rows' elements at the column of entry t.
 * HEIGHT 1, 4: lanes are rows, ROWS of them each, by one strip; one load of an
 * element serves HEIGHT products. Rows beyond the last repeat it and are not
 * written. Differs from the reference by f32 rounding. Launch: sparse_launch.c;
 * row: sparse.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
#define WORDS float low, high;
#include "sparse/sparse.glsl"
layout(constant_id = 5) const uint ROWS = 8u;
layout(constant_id = 6) const uint COLS = 2u;
const uint VECTOR = 0u, DEPTH = 512u; /* ASSAY_SPARSE_DEPTH_DEVICE */
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 1) readonly buffer w_array2 { vec2 w2[]; };
layout(set = 0, binding = 1) readonly buffer w_array4 { vec4 w4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array4 { vec4 y4[]; };
const uint width = 16u;
uint depth, columns;
#include "gemm_cpu.glsl"

void panel_strip(uint lane, uint strip, uint first)
{
    const uint j = lane * COLS, begin = begin_of(strip);
    depth = begin_of(strip + 1u) - begin;
    columns = n;
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            acc[i][c] = w[strip * 16u + j + c];
    /* Row 0 would be a bias, entries are rows 1 and up. */
    panel = weights_at + begin * 16u - 16u + j;
    for (uint l = 0u; l < depth; l += LANES) {
        float a[ROWS];
        const uint at = column_of(begin + min(l + lane, depth - 1u));
        [[unroll]] for (uint i = 0u; i < ROWS; i++) {
            const float v = x[min(first + i, m - 1u) * k + at];
            a[i] = l + lane < depth ? v : 0.0;
        }
        gemm_steps(l, a);
    }
    gemm_end(first, m, n, 0u, strip * 16u + j);
}

void list_strip(uint lane, uint strip, uint first)
{
    float sum[ROWS][4];
    uint row[ROWS];
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        row[i] = min(first + i * LANES + lane, m - 1u) * k;
        [[unroll]] for (uint h = 0u; h < 4u; h++)
            if (h < HEIGHT)
                sum[i][h] = w[strip * HEIGHT + h];
    }
    for (uint b = 0u; b * DEPTH < k; b++) {
        const uint end = begin_of(b * strips + strip + 1u);
        for (uint e = begin_of(b * strips + strip); e < end; e++) {
            const uint at = b * DEPTH + column_of(e);
            float v[4];
            if (HEIGHT == 4u) {
                const vec4 four = w4[weights_at / 4u + e];
                [[unroll]] for (uint h = 0u; h < 4u; h++)
                    v[h] = four[h];
            } else {
                v[0] = w[weights_at + e];
            }
            [[unroll]] for (uint i = 0u; i < ROWS; i++) {
                const float a = x[row[i] + at];
                [[unroll]] for (uint h = 0u; h < 4u; h++)
                    if (h < HEIGHT)
                        sum[i][h] = fma(a, v[h], sum[i][h]);
            }
        }
    }
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint r = first + i * LANES + lane;
        [[unroll]] for (uint h = 0u; h < 4u; h++) {
            const uint j = strip * HEIGHT + h;
            if (h < HEIGHT && r < m && j < n)
                y[r * n + j] = act_between(sum[i][h], low, high);
        }
    }
}

void main()
{
    const uint lane = gl_SubgroupInvocationID;
    const uint strip = group_number() % strips;
    const uint first =
        group_number() / strips * ROWS * (HEIGHT == 16u ? 1u : LANES);
    if (first >= m)
        return;
    if (HEIGHT == 16u)
        panel_strip(lane, strip, first);
    else
        list_strip(lane, strip, first);
}
