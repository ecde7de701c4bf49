/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of s8 rows with packed panels (struct assay_word_panels, words of one
 * element), for CPU drivers. Blocking: gemm_steps.glsl, whose sums are f32 here,
 * exact over 1024 steps, and int over those: one load brings the weights of up
 * to four columns, and there is no instruction for products of bytes.
 *
 * The includer declares what gemm_steps.glsl and requantize.glsl ask for,
 * `width` (of a panel, a multiple of 4), the array w (int), and the
 * specialization constant WZERO (1: the weights have zero points). It calls
 * gemm_begin, gemm_steps for each LANES of the depth, gemm_fold at the latest
 * after every 1024, and gemm_end.
 */
#define GEMM_VALUE float
#define GEMM_SUM float
#define GEMM_MAC(sum, a, b) fma(a, b, sum)
#include "gemm_steps.glsl"

const uint GEMM_EXACT = 1024u;

int total[ROWS][COLS];
float row_sum[ROWS]; /* of what this lane loaded */
int row_total[ROWS];
uint head; /* words before this lane's first column in the head of its panel */

void load_weights(uint step, out float b[COLS])
{
    const uint at = panel + min(step, depth - 1u) * width;
    const int word = w[at / 4u] >> (at % 4u * 8u);
    [[unroll]] for (uint c = 0u; c < COLS; c++)
        b[c] = float(bitfieldExtract(word, int(c) * 8, 8));
}

/* `first` is the first byte of the group's panels, j the lane's first column;
 * lanes beyond the last panel read the last. */
void gemm_begin(uint first, uint j)
{
    const uint last = (columns - 1u) / width;
    const uint at = first + min(j / width, last) * (depth + 12u) * width;
    head = at / 4u + j % width;
    panel = at + 12u * width + j % width;
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        row_sum[i] = 0.0;
        row_total[i] = 0;
        [[unroll]] for (uint c = 0u; c < COLS; c++) {
            total[i][c] = w[head + c];
            acc[i][c] = 0.0;
        }
    }
}

/* Sums of the rows, if they are needed; a as for gemm_steps. */
void gemm_row_sums(float a[ROWS])
{
    if (WZERO == 1u)
        [[unroll]] for (uint i = 0u; i < ROWS; i++)
            row_sum[i] += a[i];
}

/* What f32 held so far, to int. */
void gemm_fold()
{
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        row_total[i] += int(row_sum[i]);
        row_sum[i] = 0.0;
        [[unroll]] for (uint c = 0u; c < COLS; c++) {
            total[i][c] += int(acc[i][c]);
            acc[i][c] = 0.0;
        }
    }
}

/* Rows first … of `rows`, each `pitch` elements in y, written from column
 * offset + j. */
void gemm_end(uint first, uint rows, uint pitch, uint offset, uint j)
{
    gemm_fold();
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint at = (first + i) * pitch + offset + j;
        int sum = 0;
        if (WZERO == 1u) {
#define GEMM_ROW_TOTAL(t)                                                      \
    if (LANES > t)                                                             \
        sum += subgroupBroadcast(row_total[i], t);
            GEMM_ROW_TOTAL(0u)
            GEMM_ROW_TOTAL(1u)
            GEMM_ROW_TOTAL(2u)
            GEMM_ROW_TOTAL(3u)
            GEMM_ROW_TOTAL(4u)
            GEMM_ROW_TOTAL(5u)
            GEMM_ROW_TOTAL(6u)
            GEMM_ROW_TOTAL(7u)
            GEMM_ROW_TOTAL(8u)
            GEMM_ROW_TOTAL(9u)
            GEMM_ROW_TOTAL(10u)
            GEMM_ROW_TOTAL(11u)
            GEMM_ROW_TOTAL(12u)
            GEMM_ROW_TOTAL(13u)
            GEMM_ROW_TOTAL(14u)
            GEMM_ROW_TOTAL(15u)
        }
        [[unroll]] for (uint c = 0u; c < COLS; c++) {
            if (first + i < rows && j + c < columns) {
                const float scale = intBitsToFloat(w[head + width + c]);
                const int v = total[i][c] - w[head + 2u * width + c] * sum;
                REQUANTIZE_STORE(at + c, v, scale)
            }
        }
    }
}
