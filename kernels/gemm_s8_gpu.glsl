/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of s8 rows with packed panels (struct assay_word_panels, words of one
 * element, width 64), for GPUs. Blocking: gemm_gpu_steps.glsl, whose sums are
 * f32 here, exact over 1024 steps, and int over those.
 *
 * The includer declares what gemm_gpu_steps.glsl and requantize.glsl ask for,
 * `columns`, the array w (int), and the specialization constant WZERO (1: the
 * weights have zero points).
 */
#define GEMM_VALUE float
#define GEMM_VALUE4 vec4
#define GEMM_SUM4 vec4
#define GEMM_MAC4(sum, a, b) fma(vec4(a), b, sum)
#define GEMM_ROW_SUMS 1
#include "gemm_gpu_steps.glsl"

const uint GEMM_EXACT = 1024u;

uint panel; /* words before the group's panel */

vec4 load_weights(uint step)
{
    const int word = w[panel + (step + 12u) * (TILE / 4u) + across];
    return vec4(bitfieldExtract(word, 0, 8), bitfieldExtract(word, 8, 8),
                bitfieldExtract(word, 16, 8), bitfieldExtract(word, 24, 8));
}

/* Rows first … of `rows`, each `pitch` elements in y; `block` is the panel
 * among those that start at byte `panels`, whose columns y has from `offset`.
 */
void gemm(uint first, uint rows, uint pitch, uint panels, uint block,
          uint offset)
{
    ivec4 total[8];
    int row_total[8];
    panel = panels / 4u + block * (depth + 12u) * (TILE / 4u);
    [[unroll]] for (uint i = 0u; i < 8u; i++) {
        total[i] = ivec4(0);
        row_total[i] = 0;
    }
    for (uint from = 0u; from < depth; from += GEMM_EXACT) {
        [[unroll]] for (uint i = 0u; i < 8u; i++) {
            acc[i] = vec4(0.0);
            row_sum[i] = 0.0;
        }
        gemm_steps(from, min(from + GEMM_EXACT, depth));
        [[unroll]] for (uint i = 0u; i < 8u; i++) {
            total[i] += ivec4(acc[i]);
            row_total[i] += int(row_sum[i]);
        }
    }
    [[unroll]] for (uint n = 0u; n < 4u; n++) {
        const uint j = across * 4u + n;
        const int bias = w[panel + j], zero = w[panel + 2u * TILE + j];
        const float scale = intBitsToFloat(w[panel + TILE + j]);
        [[unroll]] for (uint i = 0u; i < 8u; i++) {
            const uint row = first + down * 8u + i;
            const int v = total[i][n] + bias -
                          (WZERO == 1u ? zero * row_total[i] : 0);
            if (row < rows && block * TILE + j < columns)
                REQUANTIZE_STORE(row * pitch + offset + block * TILE + j, v,
                                 scale)
        }
    }
}
