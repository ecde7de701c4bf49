/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, b1, around a register tile of gemm_s32_tile.h: rows of x as they are,
 * and from popcounts to y.
 */
#include "kernels/dense/dense_words_tile.h"

static const tile_word *tile_row(const struct dense_pass *pass, int64_t i,
                                 int64_t row)
{
    const uint8_t *x = pass->x + i * pass->row_bytes;
    uint8_t *to = pass->scratch + row * assay_dense_row_words(pass->words) * 4;
    if (!pass->spread)
        return (const tile_word *)(const void *)x;
    memcpy(to, x, (size_t)pass->row_bytes);
    return (const tile_word *)(const void *)to;
}

static void tile_finish(const struct dense_pass *pass, int64_t row, int64_t p,
                        int64_t m)
{
    const int64_t n = pass->d->n;
    for (int64_t i = 0; i < m; i++)
        gemm_b1_finish(&pass->requantize, tile_head(pass, p, 0),
                       pass->sums + i * TILE_N, (int32_t)pass->d->k,
                       pass->d->bias, pass->y, (row + i) * n + p * TILE_N,
                       tile_columns(pass, p));
}
