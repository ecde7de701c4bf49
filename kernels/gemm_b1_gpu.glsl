/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of b1 rows with packed panels (struct assay_word_panels, width 64),
 * for GPUs. Blocking: gemm_gpu_steps.glsl, a step being a word of 32 channels.
 *
 * The includer declares what gemm_gpu_steps.glsl asks for, `columns`,
 * `channels` (of a sum), the arrays w4 (uvec4), y (float) and
 * y_bits (uint), and the specialization constants OUT (as in requantize.glsl)
 * and BIAS (0 or 1). It may define GEMM_CORRECT(first, block), what is to be
 * done with acc before it is used.
 */
#define GEMM_VALUE uint
#define GEMM_VALUE4 uvec4
#define GEMM_SUM4 ivec4
#define GEMM_MAC4(sum, a, b) ((sum) + bitCount(uvec4(a) ^ (b)))
#define GEMM_ROW_SUMS 0
#include "gemm_gpu_steps.glsl"

#ifndef GEMM_CORRECT
#define GEMM_CORRECT(first, block)
#endif

const uint OUT_B1 = 3u;

shared uint tile_bits[TILE * 2u];

uint panel; /* uvec4 before the group's panel */

uvec4 load_weights(uint step)
{
    return w4[panel + (step + 3u) * (TILE / 4u) + across];
}

/* Gathers the bits of y in shared memory; each invocation writes a word. */
void gemm_bits(uint first, uint rows, uint pitch, uint block, uint offset)
{
    const uint t = gl_LocalInvocationID.x;
    const ivec4 limit = ivec4(w4[panel + across]);
    const uvec4 flip = w4[panel + 2u * (TILE / 4u) + across] & 1u;
    tile_bits[t] = 0u;
    barrier();
    [[unroll]] for (uint i = 0u; i < 8u; i++) {
        const uvec4 bit = uvec4(greaterThan(acc[i], limit)) ^ flip;
        const uint four = bit.x | bit.y << 1 | bit.z << 2 | bit.w << 3;
        atomicOr(tile_bits[(down * 8u + i) * 2u + across / 8u],
                 four << (across % 8u * 4u));
    }
    barrier();
    const uint row = first + t / 2u, j = block * TILE + t % 2u * 32u;
    if (row < rows && j < columns)
        y_bits[(row * pitch + offset + j) / 32u] = tile_bits[t];
}

/* Rows first … of `rows`, each `pitch` elements in y; `block` is the panel
 * among those that start at word `panels`, whose columns y has from `offset`.
 */
void gemm(uint first, uint rows, uint pitch, uint panels, uint block,
          uint offset)
{
    panel = panels / 4u + block * (depth + 3u) * (TILE / 4u);
    [[unroll]] for (uint i = 0u; i < 8u; i++)
        acc[i] = ivec4(0);
    gemm_steps(0u, depth);
    GEMM_CORRECT(first, block)
    if (OUT == OUT_B1) {
        gemm_bits(first, rows, pitch, block, offset);
        return;
    }
    const vec4 bias = uintBitsToFloat(w4[panel + across]);
    const vec4 scale = uintBitsToFloat(w4[panel + TILE / 4u + across]);
    const uint j = block * TILE + across * 4u;
    [[unroll]] for (uint i = 0u; i < 8u; i++) {
        const uint row = first + down * 8u + i;
        precise vec4 v = vec4(int(channels) - 2 * acc[i]) * scale;
        if (BIAS == 1u)
            v += bias;
        [[unroll]] for (uint n = 0u; n < 4u; n++)
            if (row < rows && j + n < columns)
                y[row * pitch + offset + j + n] = v[n];
    }
}
