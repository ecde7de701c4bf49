/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention in f32 and f16 around the register tile of gemm_f32_tile.h, which
 * the including file chose; it defines KERNEL, and ASSAY_HALF for f16. All
 * arithmetic is in f32.
 *
 * A thread takes heads of keys, and of the queries that share them register
 * tiles of TILE_M (attention_queries.h). As many tiles
 * as the second-level cache holds pass each block of keys together: the block
 * is packed into panels once, keys turned; then for each tile scores = q k',
 * the online softmax on the scores, which are in the first-level cache, and
 * sums += p v. Sums are scaled down where a block holds a larger score and
 * divided once, at the end. Of a block only runs of keys that some query of the
 * tile sees are computed; blocks that none sees are not even packed.
 * One to three queries are not worth packing: their scores are products along
 * the head, turned to be summed up, and the sums run over v as it lies.
 * Contract: attention.h. Any alignment. Deviates from the reference by f32
 * rounding, the exponential and the order of sums.
 */
#include "kernels/attention/attention_queries.h"
#include "kernels/attention/attention_scratch.h"
#include "kernels/fold_vector.h"
#include "kernels/kernel.h"
#include "kernels/panel_vector.h"

assay_cpu_function KERNEL;

#define MAX_TILES (336 / TILE_M)
#define MAX_RUNS (ASSAY_ATTENTION_MAX_KEYS / 2 + 1)
#define FEW 3

struct attend {
    const struct assay_attention *d;
    const struct assay_attention_packed *packed;
    struct assay_attention_blocks blocks;
    bool few;
    const assay_real *q, *k, *v;
    assay_real *y; /* of the first head of the group in the batch */
    float *keys, *values, *scores, *rows, *sums, *tops, *totals; /* scratch */
    int64_t n_tiles;
    struct assay_attention_tile tiles[MAX_TILES];
    int64_t n_runs;
    struct assay_range runs[MAX_RUNS]; /* keys, from the start of the block */
};

static void pack_keys(const struct attend *w, int64_t first)
{
    const int64_t stride = w->d->hkv * w->d->d;
    const int64_t left = w->d->skv - first;
    const int64_t n = left < w->blocks.keys ? left : w->blocks.keys;
    for (int64_t j = 0; j < n; j += TILE_N)
        assay_panel_of_columns(w->k + (first + j) * stride, stride, n - j,
                               w->d->d, 1, w->keys + j * w->d->d, TILE_N);
    for (int64_t c = 0; c < w->d->d; c += TILE_N)
        assay_panel_of_rows(w->v + first * stride + c, stride, w->d->d - c, n,
                            1, w->values + c * w->blocks.keys, TILE_N);
}

/* Scores of a tile with the panels of all runs, each panel once. */
static void tile_scores(const struct attend *w, int64_t t, int64_t count)
{
    static const float zeros[TILE_N];
    const int64_t zero = 0;
    const float *rows[TILE_M];
    struct tile tile = {.rows = rows,
                        .offsets = &zero,
                        .segments = 1,
                        .length = w->d->d,
                        .bias = zeros,
                        .y_stride = w->blocks.score_stride};
    tile_set_pass(&tile, false, ASSAY_ACT_NONE);
    for (int64_t i = 0; i < count; i++)
        rows[i] = w->rows + (t * TILE_M + i) * w->blocks.stride;
    int64_t next = 0;
    for (int64_t r = 0; r < w->n_runs; r++) {
        int64_t panel = w->runs[r].begin / TILE_N;
        panel = panel < next ? next : panel;
        for (; panel * TILE_N < w->runs[r].end; panel++) {
            tile.weights = w->keys + panel * TILE_N * w->d->d;
            tile.y = w->scores + panel * TILE_N;
            tile_run(&tile, count, TILE_N);
        }
        next = panel;
    }
}

static void tile_sums(const struct attend *w, int64_t t, int64_t count)
{
    const int64_t zero = 0;
    const float *rows[TILE_M];
    struct tile tile = {.rows = rows,
                        .offsets = &zero,
                        .segments = 1,
                        .y_stride = w->blocks.stride};
    tile_set_pass(&tile, false, ASSAY_ACT_NONE);
    for (int64_t r = 0; r < w->n_runs; r++) {
        const struct assay_range run = w->runs[r];
        for (int64_t i = 0; i < count; i++)
            rows[i] = w->scores + i * w->blocks.score_stride + run.begin;
        tile.length = run.end - run.begin;
        for (int64_t c = 0; c < w->d->d; c += TILE_N) {
            tile.weights = w->values + c * w->blocks.keys + run.begin * TILE_N;
            tile.y = w->sums + t * TILE_M * w->blocks.stride + c;
            tile_run(&tile, count,
                     w->d->d - c > TILE_LANES ? TILE_N : TILE_LANES);
        }
    }
}

/* Scores of one query with the keys of all runs, from `first`, as they lie. */
static void few_scores(const struct attend *w, int64_t t, int64_t first)
{
    const int64_t stride = w->d->hkv * w->d->d, d = w->d->d;
    const float *q = w->rows + t * w->blocks.stride;
    for (int64_t r = 0; r < w->n_runs; r++) {
        const struct assay_range run = w->runs[r];
        for (int64_t j = run.begin; j < run.end; j += ASSAY_VF_LANES) {
            const int64_t left = run.end - j;
            const int64_t n = left < ASSAY_VF_LANES ? left : ASSAY_VF_LANES;
            assay_vf part[ASSAY_VF_LANES], sum = {0};
            for (int64_t i = 0; i < n; i++) {
                const assay_real *k = w->k + (first + j + i) * stride;
                int64_t c = 0;
                part[i] = (assay_vf){0};
                for (; c + ASSAY_VF_LANES <= d; c += ASSAY_VF_LANES)
                    part[i] += assay_vf_load(q + c) * assay_real_load(k + c);
                if (c < d)
                    part[i] += assay_vf_load(q + c) *
                               assay_real_load_part(k + c, d - c, 0);
            }
            for (int64_t i = n; i < ASSAY_VF_LANES; i++)
                part[i] = (assay_vf){0};
            assay_vf_turn(part);
            for (int i = 0; i < ASSAY_VF_LANES; i++)
                sum += part[i];
            assay_vf_store_part(w->scores + j, n, sum);
        }
    }
}

/* `vectors` vectors of sums from element c on; the last may be partial. */
ASSAY_INLINE void few_column(const struct attend *w, float *sums, int64_t first,
                             int64_t c, int vectors)
{
    const int64_t stride = w->d->hkv * w->d->d, left = w->d->d - c;
    assay_vf sum[4];
    for (int u = 0; u < vectors; u++)
        sum[u] = assay_vf_load(sums + c + u * ASSAY_VF_LANES);
    for (int64_t r = 0; r < w->n_runs; r++) {
        const assay_real *v = w->v + (first + w->runs[r].begin) * stride + c;
        for (int64_t j = w->runs[r].begin; j < w->runs[r].end; j++) {
            const float p = w->scores[j];
            for (int u = 0; u < vectors; u++)
                sum[u] += p * (left >= vectors * ASSAY_VF_LANES
                                   ? assay_real_load(v + u * ASSAY_VF_LANES)
                                   : assay_real_load_part(v, left, 0));
            v += stride;
        }
    }
    for (int u = 0; u < vectors; u++)
        assay_vf_store(sums + c + u * ASSAY_VF_LANES, sum[u]);
}

static void few_sums(const struct attend *w, int64_t t, int64_t first)
{
    float *sums = w->sums + t * w->blocks.stride;
    int64_t c = 0;
    for (; c + 4 * ASSAY_VF_LANES <= w->d->d; c += 4 * ASSAY_VF_LANES)
        few_column(w, sums, first, c, 4);
    for (; c < w->d->d; c += ASSAY_VF_LANES)
        few_column(w, sums, first, c, 1);
}

/* 2^x for x at most 0; 1.8e-7 of it off at most. n = round(x), and 2^(x - n) is
 * a polynomial of degree 5 (minimax fit). Without AVX-512 what is below 2^-125
 * stays there. */
ASSAY_INLINE assay_vf exp2_of(assay_vf x)
{
#if defined(__AVX512F__)
    const assay_vf n = (assay_vf)_mm512_roundscale_ps((__m512)x, 8);
#else
    x = assay_vf_max(assay_vf_set(-125.0f), x);
    const assay_vf shifted = x + 0x1.8p23f, n = shifted - 0x1.8p23f;
#endif
    const assay_vf r = x - n;
    assay_vf p = r * 0.00132764724f + 0.00967554096f;
    p = p * r + 0.0555071309f;
    p = p * r + 0.240221202f;
    p = p * r + 0.693146944f;
    p = p * r + 1.0f;
#if defined(__AVX512F__)
    return (assay_vf)_mm512_scalef_ps((__m512)p, (__m512)n);
#else
    return (assay_vf)((assay_vi)p + ((assay_vi)shifted << 23));
#endif
}

/* The weights of the scores s[begin … end - 1], in their place; their sum. */
static float weigh(float *s, int64_t begin, int64_t end, float top)
{
    const float none = -1e30f; /* finite: infinities have no difference */
    assay_vf sum = {0}, sums[4] = {{0}};
    int64_t j = begin;
    for (; j + 4 * ASSAY_VF_LANES <= end; j += 4 * ASSAY_VF_LANES) {
#pragma GCC unroll 4
        for (int u = 0; u < 4; u++) {
            float *at = s + j + u * ASSAY_VF_LANES;
            const assay_vf p = exp2_of(assay_vf_load(at) - top);
            assay_vf_store(at, p);
            sums[u] += p;
        }
    }
    for (; j + ASSAY_VF_LANES <= end; j += ASSAY_VF_LANES) {
        const assay_vf p = exp2_of(assay_vf_load(s + j) - top);
        assay_vf_store(s + j, p);
        sum += p;
    }
    sum += (sums[0] + sums[1]) + (sums[2] + sums[3]);
    if (j < end) {
        const assay_vf p =
            exp2_of(assay_vf_load_part(s + j, end - j, none) - top);
        assay_vf_store_part(s + j, end - j, p);
        sum += p;
    }
    return assay_vf_fold_sum(sum);
}

static float largest(const float *s, int64_t begin, int64_t end, float top)
{
    assay_vf most = assay_vf_set(top), all[4] = {most, most, most, most};
    int64_t j = begin;
    for (; j + 4 * ASSAY_VF_LANES <= end; j += 4 * ASSAY_VF_LANES)
#pragma GCC unroll 4
        for (int u = 0; u < 4; u++)
            all[u] =
                assay_vf_max(all[u], assay_vf_load(s + j + u * ASSAY_VF_LANES));
    for (; j + ASSAY_VF_LANES <= end; j += ASSAY_VF_LANES)
        most = assay_vf_max(most, assay_vf_load(s + j));
    most = assay_vf_max(assay_vf_max(all[0], all[1]),
                        assay_vf_max(assay_vf_max(all[2], all[3]), most));
    if (j < end)
        most =
            assay_vf_max(most, assay_vf_load_part(s + j, end - j, -INFINITY));
    return assay_vf_fold_max(most);
}

/* Weights in the place of scores s for the query in slot `slot`, zeros for
 * keys of the runs that it does not see. */
static void soften(const struct attend *w, int64_t slot, float *s,
                   struct assay_range seen)
{
    float *sums = w->sums + slot * w->blocks.stride;
    float top = w->tops[slot], total = 0;
    for (int64_t r = 0; r < w->n_runs; r++) {
        const struct assay_range own = assay_attention_of_run(w->runs[r], seen);
        top = largest(s, own.begin, own.end, top);
    }
    for (int64_t r = 0; r < w->n_runs; r++) {
        const struct assay_range run = w->runs[r];
        const struct assay_range own = assay_attention_of_run(run, seen);
        for (int64_t j = run.begin; j < own.begin; j++)
            s[j] = 0;
        for (int64_t j = own.end; j < run.end; j++)
            s[j] = 0;
        if (own.begin < own.end)
            total += weigh(s, own.begin, own.end, top);
    }
    if (top > w->tops[slot] && w->totals[slot] > 0) {
        const assay_vf factor = exp2_of(assay_vf_set(w->tops[slot] - top));
        for (int64_t c = 0; c < w->blocks.width; c += ASSAY_VF_LANES)
            assay_vf_store(sums + c, assay_vf_load(sums + c) * factor);
        w->totals[slot] *= factor[0];
    }
    w->tops[slot] = top;
    w->totals[slot] += total;
}

static void begin_tile(struct attend *w, int64_t t)
{
    const struct assay_attention_tile *tile = &w->tiles[t];
    const int64_t slot = t * (w->few ? 1 : TILE_M);
    /* Scores are exponents of 2. */
    const float scale =
        (float)(assay_attention_scale(w->d) * 1.44269504088896340736);
    for (int64_t i = 0; i < tile->count; i++) {
        float *row = w->rows + (slot + i) * w->blocks.stride;
        float *sums = w->sums + (slot + i) * w->blocks.stride;
        memset(row + w->d->d / ASSAY_VF_LANES * ASSAY_VF_LANES, 0,
               ASSAY_VF_LANES * sizeof *row);
        memset(sums, 0, (size_t)w->blocks.width * sizeof *sums);
        assay_real_widen(w->q + assay_attention_row(w->d, tile->first + i),
                         w->d->d, scale, row);
        w->tops[slot + i] = -INFINITY;
        w->totals[slot + i] = 0;
    }
}

static void run_tile(struct attend *w, int64_t t, int64_t first)
{
    const struct assay_attention_tile *tile = &w->tiles[t];
    const int64_t slot = t * (w->few ? 1 : TILE_M);
    if (w->few)
        few_scores(w, t, first);
    else
        tile_scores(w, t, tile->count);
    for (int64_t i = 0; i < tile->count; i++) {
        struct assay_range seen = assay_attention_keys(
            w->d, (tile->first + i) / assay_attention_group(w->d));
        seen.begin -= first;
        seen.end -= first;
        soften(w, slot + i, w->scores + i * w->blocks.score_stride, seen);
    }
    if (w->few)
        few_sums(w, t, first);
    else
        tile_sums(w, t, tile->count);
}

static void end_tile(const struct attend *w, int64_t t)
{
    const struct assay_attention_tile *tile = &w->tiles[t];
    const int64_t slot = t * (w->few ? 1 : TILE_M);
    for (int64_t i = 0; i < tile->count; i++) {
        const float total = w->totals[slot + i];
        assay_real_narrow(w->sums + (slot + i) * w->blocks.stride, w->d->d,
                          total > 0 ? 1 / total : 0,
                          w->y + assay_attention_row(w->d, tile->first + i));
    }
}

/* All keys past the tiles that were gathered. */
static void run_tiles(struct attend *w)
{
    int64_t begin = w->d->skv, end = 0;
    for (int64_t t = 0; t < w->n_tiles; t++) {
        const struct assay_range seen = w->tiles[t].seen;
        begin = seen.begin < begin ? seen.begin : begin;
        end = seen.end > end ? seen.end : end;
        begin_tile(w, t);
    }
    for (int64_t first = begin / TILE_N * TILE_N; first < end;
         first += w->blocks.keys) {
        bool packed = w->few;
        for (int64_t t = 0; t < w->n_tiles; t++) {
            w->n_runs = assay_attention_runs(w->d, &w->tiles[t], first,
                                             first + w->blocks.keys, w->runs);
            if (w->n_runs == 0)
                continue;
            if (!packed)
                pack_keys(w, first);
            packed = true;
            run_tile(w, t, first);
        }
    }
    for (int64_t t = 0; t < w->n_tiles; t++)
        end_tile(w, t);
    w->n_tiles = 0;
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_attention *d = &call->problem->as.attention;
    struct attend w = {.d = d,
                       .packed = call->packed,
                       .blocks = assay_attention_blocks(d, TILE_M, TILE_N),
                       .few = d->sq * assay_attention_group(d) <= FEW};
    w.keys = call->scratch;
    w.values = w.keys + w.blocks.key_floats;
    w.rows = w.values + w.blocks.value_floats;
    w.sums = w.rows + w.blocks.query_floats;
    w.scores = w.sums + w.blocks.sum_floats;
    w.tops = w.scores + w.blocks.score_floats;
    w.totals = w.tops + w.blocks.queries;
    const int64_t rows = w.few ? 1 : TILE_M;
    const int64_t tiles = assay_attention_tiles(d, rows);
    const struct assay_attention_share share =
        assay_attention_share(call, rows);
    /* Tiles that pass the keys together, in rounds of equal size. */
    const int64_t mine = tile_pieces(tiles - share.part, share.parts);
    if (mine <= 0)
        return;
    const int64_t most = w.few ? FEW : w.blocks.tiles;
    const int64_t each = tile_pieces(mine, tile_pieces(mine, most));
    for (int64_t h = share.heads.begin; h < share.heads.end; h++) {
        const struct assay_attention_head at = assay_attention_head(d, h);
        w.q = (const assay_real *)call->inputs[0] + at.query;
        w.k = (const assay_real *)call->inputs[1] + at.key;
        w.v = (const assay_real *)call->inputs[2] + at.key;
        w.y = (assay_real *)call->output + at.query;
        for (int64_t t = share.part; t < tiles; t += share.parts) {
            w.n_tiles += assay_attention_tile_at(d, w.packed->pattern, rows, t,
                                                 &w.tiles[w.n_tiles]);
            if (w.n_tiles == each)
                run_tiles(&w);
        }
        run_tiles(&w);
    }
}
