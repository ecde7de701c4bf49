/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f16, around the register tile of gemm_f32_tile.h (which the including
 * file chose; with TILE_HALF it reads f16 weights, else they were widened when
 * they were packed).
 *
 * Blocks: a slab of panels (TILE_WEIGHTS) stays in the second-level cache while
 * all rows of x pass by, a tile's at a time. These become f32 in scratch, over
 * the whole depth, as partial sums in y would lose bits; what a tile makes is
 * rounded to f16 on its way from scratch to y. Threads share rows, columns or
 * both (split.h). Contract: dense.h; packed weights: dense_pack.h.
 */
#include "kernels/dense/dense_words.h"
#include "kernels/half_vector.h"
#include "kernels/split.h"

/* A slab of weights and the rows that meet it. */
struct dense_pass {
    const struct assay_dense *d;
    const uint16_t *x;
    const uint8_t *packed;
    uint16_t *y;
    float *rows_f32; /* assay_dense_row_words(k) apart */
    float *out;      /* [TILE_M][TILE_N] */
    size_t panel_bytes;
    struct assay_range rows, panels;
};

static void dense_row(const uint16_t *x, float *to, int64_t k)
{
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= k; i += ASSAY_VF_LANES)
        assay_vf_store(to + i, assay_vf_load_half(x + i));
    if (i < k)
        assay_vf_store_part(to + i, k - i,
                            assay_vf_load_half_part(x + i, k - i, 0));
}

/* Rows `row` to `row + m` against all panels of the slab. */
static void dense_tile(const struct dense_pass *pass, int64_t row, int64_t m)
{
    const struct assay_dense *d = pass->d;
    const int64_t zero = 0;
    const float *rows[TILE_M];
    struct tile t = {.rows = rows,
                     .offsets = &zero,
                     .segments = 1,
                     .length = d->k,
                     .y = pass->out,
                     .y_stride = TILE_N};
    tile_set_pass(&t, true, d->act);
    for (int64_t i = 0; i < m; i++) {
        float *to = pass->rows_f32 + i * assay_dense_row_words(d->k);
        dense_row(pass->x + (row + i) * d->k, to, d->k);
        rows[i] = to;
    }
    for (int64_t p = pass->panels.begin; p < pass->panels.end; p++) {
        const float *panel =
            (const float *)(const void *)(pass->packed +
                                          (size_t)p * pass->panel_bytes);
        const int64_t left = d->n - p * TILE_N;
        const int64_t columns = left < TILE_N ? left : TILE_N;
        t.bias = panel;
        t.weights = (const tile_weight *)(const void *)(panel + TILE_N);
        /* Whole vectors: the panel has them, and so has `out`. */
        tile_run(&t, m, columns > TILE_LANES ? TILE_N : TILE_LANES);
        assay_act_finish(pass->out, TILE_N, m, columns, d->act);
        for (int64_t i = 0; i < m; i++) {
            uint16_t *y = pass->y + (row + i) * d->n + p * TILE_N;
            for (int64_t j = 0; j < columns; j += ASSAY_VF_LANES) {
                const int64_t n = columns - j;
                const assay_vf v = assay_vf_load(pass->out + i * TILE_N + j);
                assay_vf_store_half_part(
                    y + j, n < ASSAY_VF_LANES ? n : ASSAY_VF_LANES, v);
            }
        }
    }
}

static void dense_f16(const struct assay_cpu_call *call)
{
    const struct assay_dense *d = &call->problem->as.dense;
    const int64_t panels = tile_pieces(d->n, TILE_N);
    const struct assay_grid grid = assay_grid_choose(
        call->threads,
        (struct assay_axis){
            .units = d->m, .size = 1, .total = d->m, .least = 4, .reads = d->k},
        (struct assay_axis){.units = panels,
                            .size = TILE_N,
                            .total = d->n,
                            .least = 1,
                            .reads = d->k * TILE_N});
    if (call->thread >= grid.rows * grid.columns)
        return;
    float *scratch = call->scratch;
    struct dense_pass pass = {
        .d = d,
        .x = call->inputs[0],
        .packed = call->packed,
        .y = call->output,
        .rows_f32 = scratch + ASSAY_DENSE_MAX_ROWS * ASSAY_DENSE_MAX_COLUMNS,
        .out = scratch,
        .panel_bytes = (4 + (size_t)d->k * sizeof(tile_weight)) * TILE_N,
        .rows = assay_split(d->m, grid.rows, call->thread / grid.columns),
    };
    const struct assay_range mine =
        assay_split(panels, grid.columns, call->thread % grid.columns);
    const int64_t most =
        (int64_t)(TILE_WEIGHTS * sizeof(float) / pass.panel_bytes);
    const int64_t slabs =
        tile_pieces(mine.end - mine.begin, most > 1 ? most : 1);
    const int64_t m = pass.rows.end - pass.rows.begin;
    const int64_t tiles = tile_pieces(m, TILE_M);
    for (int64_t i = 0; i < slabs; i++) {
        pass.panels =
            assay_split(mine.end - mine.begin, (size_t)slabs, (size_t)i);
        pass.panels.begin += mine.begin;
        pass.panels.end += mine.begin;
        for (int64_t tile = 0; tile < tiles; tile++) {
            const struct assay_range r =
                assay_split(m, (size_t)tiles, (size_t)tile);
            dense_tile(&pass, pass.rows.begin + r.begin, r.end - r.begin);
        }
    }
}
