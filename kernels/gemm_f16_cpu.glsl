/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of f16 rows with packed panels of f16 under a bias of f32
 * (dense_pack.h), for CPU drivers. Blocking: gemm_steps.glsl; two weights a
 * load.
 *
 * The includer declares what gemm_steps.glsl asks for, `width` (of a panel, a
 * multiple of 4), `low`, `high` (act.glsl), and the arrays w (uint, and w2,
 * uvec2), and y (uint16_t).
 */
#define GEMM_VALUE float
#define GEMM_SUM float
#define GEMM_MAC(sum, a, b) fma(a, b, sum)
#include "gemm_steps.glsl"

void load_weights(uint step, out float b[COLS])
{
    const uint at = panel + min(step, depth - 1u) * width;
    if (COLS == 4u) {
        const uvec2 v = w2[at / 4u];
        const vec4 wide = vec4(unpackHalf2x16(v.x), unpackHalf2x16(v.y));
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            b[c] = wide[c];
    } else {
        const vec2 wide = unpackHalf2x16(w[at / 2u] >> (at % 2u * 16u));
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            b[c] = wide[c];
    }
}

/* Start with the bias. `first` is the first word of the group's panels, j the
 * lane's first column; lanes beyond the last panel read the last. */
void gemm_begin(uint first, uint j)
{
    const uint last = (columns - 1u) / width;
    const uint head = first + min(j / width, last) * (depth + 2u) * (width / 2u);
    panel = 2u * (head + width) + j % width;
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            acc[i][c] = uintBitsToFloat(w[head + j % width + c]);
}

/* Rows first … of `rows`, each `pitch` elements in y, written from column
 * offset + j. */
void gemm_end(uint first, uint rows, uint pitch, uint offset, uint j)
{
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint at = (first + i) * pitch + offset + j;
        [[unroll]] for (uint c = 0u; c < COLS; c++) {
            const float v = act_between(acc[i][c], low, high);
            if (first + i < rows && j + c < columns)
                y[at + c] = uint16_t(packHalf2x16(vec2(v, 0.0)));
        }
    }
}
