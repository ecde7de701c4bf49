/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of f32 rows with packed panels (dense_pack.h, width 64), for GPUs;
 * shared by the rows of dense and conv2d. Blocking: gemm_gpu_steps.glsl.
 *
 * The includer declares what that file asks for, `columns`, `low`, `high`, and
 * the arrays w4 and y.
 */
#define GEMM_VALUE float
#define GEMM_VALUE4 vec4
#define GEMM_SUM4 vec4
#define GEMM_MAC4(sum, a, b) fma(vec4(a), b, sum)
#define GEMM_ROW_SUMS 0
#include "gemm_gpu_steps.glsl"

uint panel; /* vec4 before the group's panel */

vec4 load_weights(uint step)
{
    return w4[panel + (step + 1u) * (TILE / 4u) + across];
}

/* Rows first … of `rows`, each `pitch` floats in y; `block` is the panel among
 * those that start at float `panels`, whose columns y has from `offset`. */
void gemm(uint first, uint rows, uint pitch, uint panels, uint block,
          uint offset)
{
    panel = panels / 4u + block * (depth + 1u) * (TILE / 4u);
    [[unroll]] for (uint i = 0u; i < 8u; i++)
        acc[i] = w4[panel + across];
    gemm_steps(0u, depth);
    const uint j = block * TILE + across * 4u;
    [[unroll]] for (uint i = 0u; i < 8u; i++) {
        const uint row = first + down * 8u + i;
        const uint at = row * pitch + offset + j;
        const vec4 v = act_between(acc[i], low, high);
        [[unroll]] for (uint n = 0u; n < 4u; n++)
            if (row < rows && j + n < columns)
                y[at + n] = v[n];
    }
}
