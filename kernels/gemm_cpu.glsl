/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of f32 rows with packed panels (dense_pack.h), for CPU drivers; shared
 * by the rows of dense and conv2d. Blocking: gemm_steps.glsl.
 *
 * The includer declares what that file asks for, `width` (of a panel), `low`,
 * `high` (act.glsl), the arrays w (as float, vec2 and vec4) and y (as float and
 * vec4), and the specialization constant VECTOR (COLS = 4, and every row of y
 * starts on 16 bytes and has a multiple of 4 columns).
 */
#define GEMM_VALUE float
#define GEMM_SUM float
#define GEMM_MAC(sum, a, b) fma(a, b, sum)
#include "gemm_steps.glsl"

/* Row `row` of the panel, the first of which is the bias. */
void load_row(uint row, out float b[COLS])
{
    const uint at = panel + row * width;
    if (COLS == 4u) {
        const vec4 v = w4[at / 4u];
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            b[c] = v[c];
    } else if (COLS == 2u) {
        const vec2 v = w2[at / 2u];
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            b[c] = v[c];
    } else {
        b[0] = w[at];
    }
}

void load_weights(uint step, out float b[COLS])
{
    load_row(min(step, depth - 1u) + 1u, b);
}

/* Start with the bias. `first` is the first float of the group's panels, j the
 * lane's first column; lanes beyond the last panel read the last. */
void gemm_begin(uint first, uint j)
{
    const uint last = (columns - 1u) / width;
    panel = first + min(j / width, last) * (depth + 1u) * width + j % width;
    float b[COLS];
    load_row(0u, b);
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            acc[i][c] = b[c];
}

/* Rows first … of `rows`, each `pitch` floats in y, written from column
 * offset + j. */
void gemm_end(uint first, uint rows, uint pitch, uint offset, uint j)
{
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint at = (first + i) * pitch + offset + j;
        if (VECTOR == 1u) {
            const vec4 v = vec4(acc[i][0], acc[i][1u % COLS], acc[i][2u % COLS],
                                acc[i][3u % COLS]);
            if (first + i < rows && j < columns)
                y4[at / 4u] = act_between(v, low, high);
        } else {
            [[unroll]] for (uint c = 0u; c < COLS; c++)
                if (first + i < rows && j + c < columns)
                    y[at + c] = act_between(acc[i][c], low, high);
        }
    }
}
