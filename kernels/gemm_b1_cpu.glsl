/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of b1 rows with packed panels (struct assay_word_panels), for CPU
 * drivers. Blocking: gemm_steps.glsl, a step being a word of 32 channels.
 *
 * The includer declares what gemm_steps.glsl asks for, `width` (of a panel, a
 * multiple of 4), `channels` (of a sum), the arrays w (uint, and w4, uvec4), y
 * (float) and y8 (uint8_t, where y is bits), and the specialization constants
 * OUT (requantize.glsl) and BIAS (0 or 1).
 */
#define GEMM_VALUE uint
#define GEMM_SUM int
#define GEMM_MAC(sum, a, b) ((sum) + bitCount((a) ^ (b)))
#include "gemm_steps.glsl"

uint head; /* words before this lane's first column in the head of its panel */

void load_weights(uint step, out uint b[COLS])
{
    const uint at = panel + min(step, depth - 1u) * width;
    if (COLS == 4u) {
        const uvec4 v = w4[at / 4u];
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            b[c] = step < depth ? v[c] : 0u;
    } else {
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            b[c] = step < depth ? w[at + c] : 0u;
    }
}

/* `first` is the first word of the group's panels, j the lane's first column;
 * lanes beyond the last panel read the last. */
void gemm_begin(uint first, uint j)
{
    const uint last = (columns - 1u) / width;
    head = first + min(j / width, last) * (depth + 3u) * width + j % width;
    panel = head + 3u * width;
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            acc[i][c] = 0;
}

/* This lane's bits of 64 columns of row i, into their places. */
uvec2 gemm_bits(uint i, uint lane)
{
    uint bits = 0u;
    [[unroll]] for (uint c = 0u; c < COLS; c++) {
        const uint above = acc[i][c] > int(w[head + c]) ? 1u : 0u;
        bits |= (above ^ (w[head + 2u * width + c] & 1u)) << c;
    }
    const uint at = lane * COLS;
    return uvec2(at < 32u ? bits << at : 0u, at < 32u ? 0u : bits << (at - 32u));
}

#define GEMM_GATHER(t)                                                         \
    if (LANES > t)                                                             \
        bits |= subgroupBroadcast(mine, t);

/* Rows first … of `rows`, each `pitch` elements in y, written from column
 * offset + j. Bits: the group's columns are gathered from the lanes, and each
 * of the first lanes writes one byte of them. */
void gemm_end(uint first, uint rows, uint pitch, uint offset, uint j)
{
    const uint lane = gl_SubgroupInvocationID;
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint at = (first + i) * pitch + offset + j;
        if (OUT == OUT_B1) {
            const uvec2 mine = gemm_bits(i, lane);
            uvec2 bits = uvec2(0u);
            GEMM_GATHER(0u)
            GEMM_GATHER(1u)
            GEMM_GATHER(2u)
            GEMM_GATHER(3u)
            GEMM_GATHER(4u)
            GEMM_GATHER(5u)
            GEMM_GATHER(6u)
            GEMM_GATHER(7u)
            GEMM_GATHER(8u)
            GEMM_GATHER(9u)
            GEMM_GATHER(10u)
            GEMM_GATHER(11u)
            GEMM_GATHER(12u)
            GEMM_GATHER(13u)
            GEMM_GATHER(14u)
            GEMM_GATHER(15u)
            const uint begin = j - lane * COLS, byte = lane * 8u;
            const uint word = byte < 32u ? bits.x : bits.y;
            if (first + i < rows && byte < LANES * COLS &&
                begin + byte < columns)
                y8[((first + i) * pitch + offset + begin + byte) / 8u] =
                    uint8_t(word >> (byte % 32u) & 0xffu);
        } else {
            [[unroll]] for (uint c = 0u; c < COLS; c++) {
                const int sum = int(channels) - 2 * acc[i][c];
                precise float v =
                    float(sum) * uintBitsToFloat(w[head + width + c]);
                if (BIAS == 1u)
                    v += uintBitsToFloat(w[head + c]);
                if (first + i < rows && j + c < columns)
                    y[at + c] = v;
            }
        }
    }
}
