/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, s8 and b1, around the register tile of gemm_s32_tile.h (which the
 * including file chose); the includer defines
 *   tile_row(pass, i, row)   the words of row i of x, in scratch row `row` if
 *                            not in x itself, with what finish needs
 *   tile_finish(pass, row, p, m)   from the m rows of the sums to rows `row` …
 *                                  of y, columns of panel p
 *
 * Blocks: a slab of panels (TILE_WEIGHTS) stays in the second-level cache while
 * all rows of x pass by, a tile's at a time, over the whole depth: its rows are
 * narrow. Threads share rows, columns or both (split.h).
 * Contract: dense.h; packed weights: dense_words.h.
 */
#include "kernels/dense/dense_words.h"
#include "kernels/dense/gemm_words_finish.h"
#include "kernels/requantize.h"
#include "kernels/split.h"

/* A slab of weights and the rows that meet it. */
struct dense_pass {
    const struct assay_dense *d;
    const uint8_t *x, *packed;
    void *y;
    int64_t words; /* of a row, by groups of TILE_GROUP */
    size_t panel_bytes;
    int64_t row_bytes; /* from one row of x to the next */
    uint8_t *scratch;  /* TILE_M rows, assay_dense_row_words apart */
    int32_t *row_sums; /* TILE_M of them */
    int32_t *sums;     /* of the tile that was computed last */
    bool spread;       /* copy rows, as they would evict each other */
    bool needs_row_sums;
    struct assay_requantize requantize;
    struct assay_range rows, panels;
};

static const tile_word *tile_row(const struct dense_pass *pass, int64_t i,
                                 int64_t row);
static void tile_finish(const struct dense_pass *pass, int64_t row, int64_t p,
                        int64_t m);

/* The words of the panel before its weights, of which `which` is 0 to 2. */
static inline const void *tile_head(const struct dense_pass *pass, int64_t p,
                                    int which)
{
    return pass->packed + (size_t)p * pass->panel_bytes +
           (size_t)which * TILE_N * 4;
}

static inline int64_t tile_columns(const struct dense_pass *pass, int64_t p)
{
    const int64_t left = pass->d->n - p * TILE_N;
    return left < TILE_N ? left : TILE_N;
}

static void dense_tile(const struct dense_pass *pass, int64_t row, int64_t m)
{
    const int64_t zero = 0;
    const tile_word *rows[TILE_M];
    struct tile t = {.rows = rows,
                     .offsets = &zero,
                     .segments = 1,
                     .length = pass->words,
                     .sums = pass->sums};
    for (int64_t i = 0; i < m; i++)
        rows[i] = tile_row(pass, row + i, i);
    for (int64_t p = pass->panels.begin; p < pass->panels.end; p++) {
        t.weights = tile_head(pass, p, 3);
        tile_run(&t, m, tile_columns(pass, p));
        tile_finish(pass, row, p, m);
    }
}

/* A pass of `rows` of x [m][k] with m, n, k and q of d, whose dtype is
 * `dtype`; sums holds TILE_M * TILE_N, 64-byte aligned. */
static inline struct dense_pass dense_words_pass(const struct assay_dense *d,
                                                 enum assay_dtype dtype,
                                                 const void *x,
                                                 const void *packed, void *y,
                                                 void *scratch, int32_t *sums)
{
    const bool bits = dtype == ASSAY_B1;
    const int64_t words = bits ? d->k / 32 : tile_pieces(d->k, TILE_GROUP);
    return (struct dense_pass){
        .d = d,
        .x = x,
        .packed = packed,
        .y = y,
        .words = words,
        .panel_bytes = ((size_t)words * TILE_BYTES + 12) * TILE_N,
        .row_bytes = bits ? words * 4 : d->k,
        .scratch = scratch,
        .row_sums = (int32_t *)scratch +
                    ASSAY_DENSE_MAX_ROWS * assay_dense_row_words(words),
        .sums = sums,
        .needs_row_sums = TILE_BYTES == 4 || d->q.wzero,
        .requantize = assay_requantize_make(dtype, &d->q),
    };
}

/* The pass's rows against `mine` of the panels, slab by slab. */
static void dense_words_share(struct dense_pass *pass, struct assay_range mine)
{
    const int64_t most = (int64_t)(TILE_WEIGHTS / pass->panel_bytes);
    const int64_t slabs =
        tile_pieces(mine.end - mine.begin, most > 1 ? most : 1);
    const int64_t m = pass->rows.end - pass->rows.begin;
    const int64_t tiles = tile_pieces(m, TILE_M);
    for (int64_t i = 0; i < slabs; i++) {
        pass->panels =
            assay_split(mine.end - mine.begin, (size_t)slabs, (size_t)i);
        pass->panels.begin += mine.begin;
        pass->panels.end += mine.begin;
        pass->spread = pass->row_bytes % TILE_CONFLICT == 0 && m > 4 &&
                       pass->panels.end - pass->panels.begin > 1;
        for (int64_t tile = 0; tile < tiles; tile++) {
            const struct assay_range r =
                assay_split(m, (size_t)tiles, (size_t)tile);
            dense_tile(pass, pass->rows.begin + r.begin, r.end - r.begin);
        }
    }
}

static inline void dense_words(const struct assay_cpu_call *call)
{
    const struct assay_dense *d = &call->problem->as.dense;
    int32_t sums[TILE_M * TILE_N] __attribute__((aligned(64)));
    struct dense_pass pass =
        dense_words_pass(d, call->problem->dtype, call->inputs[0], call->packed,
                         call->output, call->scratch, sums);
    const int64_t panels = tile_pieces(d->n, TILE_N);
    const struct assay_grid grid =
        assay_grid_choose(call->threads,
                          (struct assay_axis){.units = d->m,
                                              .size = 1,
                                              .total = d->m,
                                              .least = 4,
                                              .reads = pass.words},
                          (struct assay_axis){.units = panels,
                                              .size = TILE_N,
                                              .total = d->n,
                                              .least = 1,
                                              .reads = pass.words * TILE_N});
    if (call->thread >= grid.rows * grid.columns)
        return;
    pass.rows = assay_split(d->m, grid.rows, call->thread / grid.columns);
    dense_words_share(
        &pass, assay_split(panels, grid.columns, call->thread % grid.columns));
}
