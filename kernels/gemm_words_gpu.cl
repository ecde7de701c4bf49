/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of words, for OpenCL rows on GPUs: f16 (a word is an element), s8
 * (four) and b1 (32). A group of 256 work-items computes 64 rows x one panel
 * of 64 columns, [steps][64] words: 16 steps at a time go to local memory, and
 * each work-item keeps 4 x 4 sums, so that a word from local memory serves four
 * products. A work-item's rows and columns lie 16 apart: reads of local memory
 * meet no bank twice, writes of y are contiguous over the group. Rows and steps
 * beyond the end are zeros, which must count nothing. 8 KiB of local memory.
 *
 * The includer defines the types WORD (in local memory), SUM, X and W
 * (elements of x and of a panel), and
 *   x_word(x, k, row, step)   word `step` of a row of k elements; k is of the
 *                             type ROWS, uint unless the includer defines it
 *   w_word(w, step, column)   of a panel's weights
 *   dot(sum, a, b)            sum + a . b
 */
#ifndef ROWS
#define ROWS uint
#endif
#define TILE 64
#define STEP 16
#define SIDE 16

/* The sums of this work-item, rows row + ty + 16 i and columns tx + 16 j; with
 * `ones` (else 0) also the products of its rows with that word. */
static inline void gemm_words(__global const X *restrict x,
                              __global const W *restrict w, uint m, ROWS k,
                              uint steps, uint row, WORD ones,
                              __local WORD a[STEP][TILE + 1],
                              __local WORD b[STEP][TILE], SUM acc[4][4],
                              SUM row_sums[4])
{
    const uint item = get_local_id(0), tx = item % SIDE, ty = item / SIDE;
    for (uint i = 0; i < 4; i++) {
        row_sums[i] = 0;
        for (uint j = 0; j < 4; j++)
            acc[i][j] = 0;
    }
    for (uint first = 0; first < steps; first += STEP) {
        for (uint i = item; i < STEP * TILE; i += SIDE * SIDE) {
            const uint r = row + i / STEP, sa = first + i % STEP;
            const uint sb = first + i / TILE;
            a[i % STEP][i / STEP] =
                r < m && sa < steps ? x_word(x, k, r, sa) : (WORD)0;
            b[i / TILE][i % TILE] =
                sb < steps ? w_word(w, sb, i % TILE) : (WORD)0;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint t = 0; t < STEP; t++) {
            WORD left[4], right[4];
            for (uint i = 0; i < 4; i++)
                left[i] = a[t][ty + i * SIDE];
            for (uint j = 0; j < 4; j++)
                right[j] = b[t][tx + j * SIDE];
            for (uint i = 0; i < 4; i++) {
                if (ones)
                    row_sums[i] = dot(row_sums[i], left[i], ones);
                for (uint j = 0; j < 4; j++)
                    acc[i][j] = dot(acc[i][j], left[i], right[j]);
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
}
