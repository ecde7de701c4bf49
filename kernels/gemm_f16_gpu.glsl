/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of f16 rows with packed panels of f16 under a bias of f32
 * (dense_pack.h, width 64), for GPUs. Blocking: gemm_gpu_steps.glsl.
 *
 * The includer declares what that file asks for, `columns`, `low`, `high`
 * (act.glsl), and the arrays w2 (uvec2), w_bias (vec4, the same binding) and y
 * (uint16_t).
 */
#define GEMM_VALUE float
#define GEMM_VALUE4 vec4
#define GEMM_SUM4 vec4
#define GEMM_MAC4(sum, a, b) fma(vec4(a), b, sum)
#define GEMM_ROW_SUMS 0
#include "gemm_gpu_steps.glsl"

uint panel; /* uvec2 before the group's panel */

vec4 load_weights(uint step)
{
    const uvec2 v = w2[panel + (step + 2u) * (TILE / 4u) + across];
    return vec4(unpackHalf2x16(v.x), unpackHalf2x16(v.y));
}

/* Rows first … of `rows`, each `pitch` elements in y; `block` is the panel
 * among those that start at word `panels`, whose columns y has from `offset`.
 */
void gemm(uint first, uint rows, uint pitch, uint panels, uint block,
          uint offset)
{
    panel = panels / 2u + block * (depth + 2u) * (TILE / 4u);
    [[unroll]] for (uint i = 0u; i < 8u; i++)
        acc[i] = w_bias[panel / 2u + across];
    gemm_steps(0u, depth);
    const uint j = block * TILE + across * 4u;
    [[unroll]] for (uint i = 0u; i < 8u; i++) {
        const uint row = first + down * 8u + i;
        const vec4 v = act_between(acc[i], low, high);
        [[unroll]] for (uint n = 0u; n < 4u; n++)
            if (row < rows && j + n < columns)
                y[row * pitch + offset + j + n] =
                    uint16_t(packHalf2x16(vec2(v[n], 0.0)));
    }
}
