/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, for GPUs.
 * Formula and layouts: sparse.h; packed weights: sparse_pack.h. f32 products and
 * sums (fma). Vulkan 1.1, 64 invocations.
 * An invocation computes 8 rows of one output; neighbours have the next outputs,
 * so that those of a strip read its weights side by side and the same elements
 * of x. An entry's weight serves 8 products. Rows beyond the last repeat it and
 * are not written. Differs from the reference by f32 rounding. Launch:
 * sparse_launch.c; row: sparse.def; test: test_kernels.c.
 */
#version 450
#include "comp.glsl"
#include "act.glsl"
#define WORDS float low, high;
#include "sparse/sparse.glsl"
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { float w[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
const uint ROWS = 8u, DEPTH = 512u; /* ASSAY_SPARSE_DEPTH_DEVICE */

void main()
{
    const uint across = (n + 63u) / 64u;
    const uint first = group_number() / across * ROWS;
    const uint j = group_number() % across * 64u + gl_LocalInvocationID.x;
    if (first >= m || j >= n)
        return;
    const uint block = HEIGHT == 16u ? k : DEPTH;
    float sum[ROWS];
    uint row[ROWS];
    for (uint i = 0u; i < ROWS; i++) {
        sum[i] = w[j];
        row[i] = min(first + i, m - 1u) * k;
    }
    uint list = j / HEIGHT;
    for (uint from = 0u; from < k; from += block, list += strips) {
        const uint end = begin_of(list + 1u);
        for (uint e = begin_of(list); e < end; e++) {
            const uint at = from + column_of(e);
            const float v = w[weights_at + e * HEIGHT + j % HEIGHT];
            for (uint i = 0u; i < ROWS; i++)
                sum[i] = fma(x[row[i] + at], v, sum[i]);
        }
    }
    for (uint i = 0u; i < ROWS; i++)
        if (first + i < m)
            y[(first + i) * n + j] = act_between(sum[i], low, high);
}
