/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a matrix against panels of weights, f32, with the register tile of
 * gemm_f32_tile.h (which the including file chose); what dense and lowrank
 * share.
 *
 * Blocks: a slab of weights (TILE_DEPTH deep, as many panels as
 * TILE_WEIGHTS allows) stays in the second-level cache while all rows of x
 * pass by; of x, one tile's rows stay in the first-level cache while the panels
 * of the slab pass by. Rows that would evict each other there are copied into
 * scratch first.
 */
#include "kernels/dense/dense_scratch.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

/* A slab of weights and the rows that meet it. */
struct dense_pass {
    const struct assay_dense *d;
    const float *x, *packed;
    float *y, *scratch;
    struct assay_range rows, panels;
    int64_t first, depth; /* along k */
};

/* Rows `row` to `row + m` against all panels of the slab. */
static void dense_tile(const struct dense_pass *pass, int64_t row, int64_t m)
{
    const struct assay_dense *d = pass->d;
    const int64_t zero = 0;
    const float *rows[TILE_M];
    struct tile t = {.rows = rows,
                     .offsets = &zero,
                     .segments = 1,
                     .length = pass->depth,
                     .y_stride = d->n};
    const bool last = pass->first + pass->depth == d->k;
    tile_set_pass(&t, last, d->act);
    const bool copy = d->k % TILE_CONFLICT == 0 && m > 4 &&
                      pass->panels.end - pass->panels.begin > 1;
    for (int64_t i = 0; i < m; i++) {
        rows[i] = pass->x + (row + i) * d->k + pass->first;
        if (copy) {
            float *to = pass->scratch + i * ASSAY_DENSE_ROW_FLOATS;
            memcpy(to, rows[i], (size_t)pass->depth * sizeof *to);
            rows[i] = to;
        }
    }
    for (int64_t p = pass->panels.begin; p < pass->panels.end; p++) {
        const float *panel =
            pass->packed + (size_t)p * assay_dense_panel_floats(d->k, TILE_N);
        const int64_t left = d->n - p * TILE_N;
        t.bias = pass->first == 0 ? panel : NULL;
        t.weights = panel + (pass->first + 1) * TILE_N;
        t.y = pass->y + row * d->n + p * TILE_N;
        tile_run(&t, m, left < TILE_N ? left : TILE_N);
    }
    if (last) {
        const int64_t begin = pass->panels.begin * TILE_N;
        const int64_t end = pass->panels.end * TILE_N;
        assay_act_finish(pass->y + row * d->n + begin, d->n, m,
                         (end < d->n ? end : d->n) - begin, d->act);
    }
}

/* The pass's rows against `mine` of the panels, slab by slab. */
static void dense_share(struct dense_pass *pass, struct assay_range mine)
{
    const struct assay_dense *d = pass->d;
    const int64_t passes = tile_pieces(d->k, TILE_DEPTH);
    const int64_t most = TILE_WEIGHTS / (tile_pieces(d->k, passes) * TILE_N);
    const int64_t slabs =
        tile_pieces(mine.end - mine.begin, most > 1 ? most : 1);
    const int64_t m = pass->rows.end - pass->rows.begin;
    const int64_t tiles = tile_pieces(m, TILE_M);
    for (int64_t i = 0; i < slabs; i++) {
        pass->panels =
            assay_split(mine.end - mine.begin, (size_t)slabs, (size_t)i);
        pass->panels.begin += mine.begin;
        pass->panels.end += mine.begin;
        for (int64_t j = 0; j < passes; j++) {
            const struct assay_range part =
                assay_split(d->k, (size_t)passes, (size_t)j);
            pass->first = part.begin;
            pass->depth = part.end - part.begin;
            for (int64_t tile = 0; tile < tiles; tile++) {
                const struct assay_range r =
                    assay_split(m, (size_t)tiles, (size_t)tile);
                dense_tile(pass, pass->rows.begin + r.begin, r.end - r.begin);
            }
        }
    }
}
