/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices in f32 and f16 around the register tile of
 * gemm_f32_tile.h, which the including file chose; it defines KERNEL, and
 * ASSAY_HALF for f16. All sums are in f32.
 *
 * As in dense_f32_tile.h a slab of b's panels stays in the second-level cache
 * while rows of a pass by, but the thread packs the slab itself, times the
 * scale, pass by pass over the depth. f16 sums are kept in scratch until the
 * last pass, and a tile's rows of a are widened there first.
 * Up to ASSAY_MATMUL_FEW rows are not worth packing: their sums run over the
 * rows of b as they lie, or are products along its rows, turned in registers to
 * be summed up.
 * Threads share the products, then columns and rows of each.
 * Contract: matmul.h. Any alignment. Deviates from the reference by rounding.
 */
#include "kernels/kernel.h"
#include "kernels/matmul/matmul_scratch.h"
#include "kernels/panel_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

#ifdef ASSAY_HALF
#define IS_HALF true
#else
#define IS_HALF false
#endif

/* One thread's part of one product. */
struct matmul {
    const struct assay_matmul *d;
    struct assay_matmul_blocks blocks;
    const assay_real *a, *b;
    assay_real *y;
    float *slab, *copies, *sums; /* scratch */
    struct assay_range rows, panels;
    int64_t first, depth; /* the pass, along k */
};

static void pack_slab(const struct matmul *w, struct assay_range panels)
{
    const struct assay_matmul *d = w->d;
    const float scale = (float)d->scale;
    float *to = w->slab;
    for (int64_t p = panels.begin; p < panels.end; p++) {
        const int64_t j = p * TILE_N;
        if (d->transpose_b)
            assay_panel_of_columns(w->b + j * d->k + w->first, d->k, d->n - j,
                                   w->depth, scale, to, TILE_N);
        else
            assay_panel_of_rows(w->b + w->first * d->n + j, d->n, d->n - j,
                                w->depth, scale, to, TILE_N);
        to += w->depth * TILE_N;
    }
}

#ifdef ASSAY_HALF
typedef float sum_type;
#else
typedef assay_real sum_type;
#endif

/* `count` rows from `row` with the slab; sums of the first row and panel at y,
 * rows `stride` apart with room for `columns`. */
static void slab_tile(const struct matmul *w, struct assay_range panels,
                      int64_t row, int64_t count, sum_type *y, int64_t stride,
                      int64_t columns)
{
    static const float zeros[TILE_N];
    const int64_t zero = 0;
    const float *rows[TILE_M];
    struct tile t = {.rows = rows,
                     .offsets = &zero,
                     .segments = 1,
                     .length = w->depth,
                     .weights = w->slab,
                     .bias = w->first == 0 ? zeros : NULL,
                     .y_stride = stride};
    tile_set_pass(&t, false, ASSAY_ACT_NONE);
    for (int64_t i = 0; i < count; i++) {
        const assay_real *from = w->a + (row + i) * w->d->k + w->first;
        rows[i] = w->copies + i * ASSAY_MATMUL_ROW;
#ifndef ASSAY_HALF
        if (w->d->k % TILE_CONFLICT != 0 || count <= 4) {
            rows[i] = from;
            continue;
        }
#endif
        assay_real_widen(from, w->depth, 1, w->copies + i * ASSAY_MATMUL_ROW);
    }
    for (int64_t p = panels.begin; p < panels.end; p++) {
        t.y = y + (p - panels.begin) * TILE_N;
        const int64_t left = columns - (p - panels.begin) * TILE_N;
        tile_run(&t, count, left < TILE_N ? left : TILE_N);
        t.weights += w->depth * TILE_N;
    }
}

/* All passes of the slab for some rows, whose sums begin at y. */
static void slab_rows(struct matmul *w, struct assay_range panels,
                      struct assay_range rows, bool packed, sum_type *y,
                      int64_t stride, int64_t columns)
{
    const int64_t m = rows.end - rows.begin, tiles = tile_pieces(m, TILE_M);
    for (int64_t j = 0; j < w->blocks.passes; j++) {
        const struct assay_range pass =
            assay_split(w->d->k, (size_t)w->blocks.passes, (size_t)j);
        w->first = pass.begin;
        w->depth = pass.end - pass.begin;
        if (!packed || w->blocks.passes > 1)
            pack_slab(w, panels);
        for (int64_t t = 0; t < tiles; t++) {
            const struct assay_range r =
                assay_split(m, (size_t)tiles, (size_t)t);
            slab_tile(w, panels, rows.begin + r.begin, r.end - r.begin,
                      y + r.begin * stride, stride, columns);
        }
    }
}

static void many_rows(struct matmul *w)
{
    const int64_t n = w->d->n, all = w->panels.end - w->panels.begin;
    const int64_t slabs = tile_pieces(all, w->blocks.panels);
    for (int64_t s = 0; s < slabs; s++) {
        struct assay_range panels = assay_split(all, (size_t)slabs, (size_t)s);
        panels.begin += w->panels.begin;
        panels.end += w->panels.begin;
        const int64_t j = panels.begin * TILE_N;
        const int64_t end = panels.end * TILE_N < n ? panels.end * TILE_N : n;
#ifdef ASSAY_HALF
        const int64_t stride = (panels.end - panels.begin) * TILE_N;
        const int64_t m = w->rows.end - w->rows.begin;
        const int64_t blocks = tile_pieces(m, ASSAY_MATMUL_ROWS);
        for (int64_t b = 0; b < blocks; b++) {
            struct assay_range rows = assay_split(m, (size_t)blocks, (size_t)b);
            rows.begin += w->rows.begin;
            rows.end += w->rows.begin;
            slab_rows(w, panels, rows, b > 0, w->sums, stride, stride);
            for (int64_t i = rows.begin; i < rows.end; i++)
                assay_real_narrow(w->sums + (i - rows.begin) * stride, end - j,
                                  1, w->y + i * n + j);
        }
#else
        slab_rows(w, panels, w->rows, false, w->y + w->rows.begin * n + j, n,
                  end - j);
#endif
    }
}

/* Columns j … of one vector or four, m rows: sums over the rows of b. */
ASSAY_INLINE void few_across(const struct matmul *w, int64_t j, int vectors,
                             int m)
{
    const int64_t n = w->d->n, left = n - j;
    const int64_t stride = assay_round_up(w->d->k, 16);
    const assay_real *b = w->b + j;
    assay_vf sum[ASSAY_MATMUL_FEW][4];
    for (int i = 0; i < m; i++)
        for (int u = 0; u < vectors; u++)
            sum[i][u] = (assay_vf){0};
    for (int64_t l = 0; l < w->d->k; l++, b += n) {
        for (int u = 0; u < vectors; u++) {
            const assay_vf v = left >= vectors * ASSAY_VF_LANES
                                   ? assay_real_load(b + u * ASSAY_VF_LANES)
                                   : assay_real_load_part(b, left, 0);
            for (int i = 0; i < m; i++)
                sum[i][u] += w->slab[i * stride + l] * v;
        }
    }
    for (int i = 0; i < m; i++) {
        assay_real *y = w->y + i * n + j;
        for (int u = 0; u < vectors; u++)
            if (left >= vectors * ASSAY_VF_LANES)
                assay_real_store(y + u * ASSAY_VF_LANES, sum[i][u]);
            else
                assay_real_store_part(y, left, sum[i][u]);
    }
}

/* A vector of columns j …, one row: products along the rows of b. */
static void few_along(const struct matmul *w, int64_t j, int64_t row)
{
    const int64_t k = w->d->k, left = w->d->n - j;
    const int64_t n = left < ASSAY_VF_LANES ? left : ASSAY_VF_LANES;
    const float *a = w->slab + row * assay_round_up(k, 16);
    assay_vf part[ASSAY_VF_LANES], sum = {0};
    for (int64_t i = 0; i < ASSAY_VF_LANES; i++) {
        const assay_real *b = w->b + (j + (i < n ? i : 0)) * k;
        assay_vf s0 = {0}, s1 = {0};
        int64_t l = 0;
        for (; l + 2 * ASSAY_VF_LANES <= k; l += 2 * ASSAY_VF_LANES) {
            s0 += assay_vf_load(a + l) * assay_real_load(b + l);
            s1 += assay_vf_load(a + l + ASSAY_VF_LANES) *
                  assay_real_load(b + l + ASSAY_VF_LANES);
        }
        for (; l < k; l += ASSAY_VF_LANES) {
            const int64_t rest =
                k - l < ASSAY_VF_LANES ? k - l : ASSAY_VF_LANES;
            s0 += assay_vf_load(a + l) * assay_real_load_part(b + l, rest, 0);
        }
        part[i] = s0 + s1;
    }
    assay_vf_turn(part);
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        sum += part[i];
    assay_real_store_part(w->y + row * w->d->n + j, n, sum);
}

static void few_rows(const struct matmul *w)
{
    const int64_t m = w->d->m, k = w->d->k;
    int64_t j = w->panels.begin * TILE_N, end = w->panels.end * TILE_N;
    end = end < w->d->n ? end : w->d->n;
    if (j >= end)
        return;
    for (int64_t i = 0; i < m; i++) {
        float *row = w->slab + i * assay_round_up(k, 16);
        memset(row + k / 16 * 16, 0,
               (size_t)(assay_round_up(k, 16) - k / 16 * 16) * sizeof *row);
        assay_real_widen(w->a + i * k, k, (float)w->d->scale, row);
    }
    while (j < end) {
        const int vectors = end - j >= 4 * ASSAY_VF_LANES ? 4 : 1;
        if (w->d->transpose_b)
            for (int64_t i = 0; i < m; i++)
                few_along(w, j, i);
        else if (m == 1)
            vectors == 4 ? few_across(w, j, 4, 1) : few_across(w, j, 1, 1);
        else if (m == 2)
            vectors == 4 ? few_across(w, j, 4, 2) : few_across(w, j, 1, 2);
        else
            vectors == 4 ? few_across(w, j, 4, 3) : few_across(w, j, 1, 3);
        j += (w->d->transpose_b ? 1 : vectors) * ASSAY_VF_LANES;
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_matmul *d = &call->problem->as.matmul;
    struct matmul w = {
        .d = d, .blocks = assay_matmul_blocks(d, TILE_M, TILE_N, IS_HALF)};
    const int64_t panels = tile_pieces(d->n, TILE_N);
    const int64_t tiles = w.blocks.few ? 1 : tile_pieces(d->m, TILE_M);
    w.slab = call->scratch;
    w.copies = w.slab + w.blocks.slab_floats;
    w.sums = w.copies + w.blocks.row_floats;
    const struct assay_grid outer = assay_grid_choose(
        call->threads,
        (struct assay_axis){
            .units = d->batch, .size = 1, .total = d->batch, .least = 1},
        (struct assay_axis){.units = panels * tiles,
                            .size = 1,
                            .total = panels * tiles,
                            .least = 1,
                            .reads = 1});
    const struct assay_grid inner = assay_grid_choose(
        outer.columns,
        (struct assay_axis){
            .units = tiles, .size = TILE_M, .total = d->m, .least = 1},
        /* Threads that share rows pack the same panels. */
        (struct assay_axis){.units = panels,
                            .size = TILE_N,
                            .total = d->n,
                            .least = 1,
                            .reads = d->k * TILE_N});
    const size_t part = call->thread % outer.columns;
    if (call->thread >= outer.rows * outer.columns ||
        part >= inner.rows * inner.columns)
        return;
    w.rows = assay_split_units(d->m, w.blocks.few ? d->m : TILE_M, inner.rows,
                               part / inner.columns);
    w.panels = assay_split(panels, inner.columns, part % inner.columns);
    const struct assay_range mine =
        assay_split(d->batch, outer.rows, call->thread / outer.columns);
    for (int64_t t = mine.begin; t < mine.end; t++) {
        w.a = (const assay_real *)call->inputs[0] + t * d->m * d->k;
        w.b =
            (const assay_real *)call->inputs[1] + t * assay_matmul_b_stride(d);
        w.y = (assay_real *)call->output + t * d->m * d->n;
        if (w.blocks.few)
            few_rows(&w);
        else
            many_rows(&w);
    }
}
