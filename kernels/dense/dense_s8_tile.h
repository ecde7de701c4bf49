/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, s8, around a register tile of gemm_s32_tile.h: the rows of x, as they
 * are in words of four, widened in words of two, and from sums to y.
 */
#include "kernels/dense/dense_words_tile.h"

/* Row `i` in words; its own sum where zero points need it. */
static const tile_word *tile_row(const struct dense_pass *pass, int64_t i,
                                 int64_t row)
{
    const int64_t k = pass->d->k;
    const int8_t *x = (const int8_t *)pass->x + i * pass->row_bytes;
    uint8_t *to = pass->scratch + row * assay_dense_row_words(pass->words) * 4;
    if (pass->needs_row_sums) {
        int32_t sum = 0;
        for (int64_t j = 0; j < k; j++)
            sum += x[j];
        pass->row_sums[row] = sum;
    }
    if (TILE_GROUP == 4) {
        if (k % 4 == 0 && !pass->spread)
            return (const tile_word *)(const void *)x;
        if (k % 4)
            memset(to + k / 4 * 4, 0, 4);
        memcpy(to, x, (size_t)k);
    } else {
        int16_t *wide = (int16_t *)(void *)to;
        for (int64_t j = 0; j < k; j++)
            wide[j] = x[j];
        if (k % 2)
            wide[k] = 0;
    }
    return (const tile_word *)(const void *)to;
}

static void tile_finish(const struct dense_pass *pass, int64_t row, int64_t p,
                        int64_t m)
{
    gemm_s8_finish(&pass->requantize, tile_head(pass, p, 0), pass->sums,
                   pass->needs_row_sums ? pass->row_sums : NULL, pass->y,
                   row * pass->d->n + p * TILE_N, pass->d->n, m,
                   tile_columns(pass, p));
}
