/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention in s8 around the register tile of gemm_s32_tile.h, which the
 * including file chose; it defines KERNEL. With TILE_GROUP 4 that tile takes
 * the left side as u8 and the right one as s8, with 2 both are signed.
 *
 * A thread takes heads of keys (attention_queries.h), packs all their keys,
 * turned, and all their values into panels, and then computes a register tile
 * of queries at a time: all scores that it sees, in scratch, since the exact
 * largest one must be known; from them the weights, which are the left side of
 * the second product as they are; the sums; the division. With TILE_GROUP 4,
 * queries have 128 added, which takes 128 sum_c k[j][c] out of a score again.
 * Weights of keys that a query does not see are 0, and so may be in runs, which
 * are widened to whole groups.
 * The division is one of doubles, truncated: total * 65536 is below 2^47 and
 * the divisor below 2^24, so a quotient that is not a whole number is further
 * from one than it is rounded, and the result is exact.
 * Contract: attention.h. Any alignment. Equal to the reference to the bit.
 */
#include "kernels/attention/attention_queries.h"
#include "kernels/attention/attention_scratch.h"
#include "kernels/kernel.h"
#include "kernels/turn_vector.h"

assay_cpu_function KERNEL;

#if TILE_GROUP == 4
typedef uint8_t tile_left; /* an element of the left side */
#define LEFT_ZERO 128
#else
typedef int16_t tile_left;
#define LEFT_ZERO 0
#endif

#include "kernels/attention/attention_s8_exp.h"

struct attend {
    const struct assay_attention *d;
    const struct assay_attention_packed *packed;
    struct assay_attention_s8_blocks blocks;
    struct assay_attention_table table;
    const int8_t *q, *k, *v;
    void *y;
    int64_t at;                   /* element of y where the group begins */
    uint8_t *keys, *values;       /* panels, in scratch, as all below */
    int32_t *corrections;         /* of each key's scores */
    int32_t *scores;              /* [TILE_M][score_stride] */
    int32_t *totals;              /* [TILE_M][width] */
    tile_left *queries, *weights; /* [TILE_M][…] */
    struct assay_range *runs, *groups;
    int64_t n_runs, n_groups;
};

/* `bytes` of each of up to TILE_LANES lines, in words of TILE_GROUP bytes, to
 * panel[word][lane]. */
static void pack_lines(const int8_t *lines, int64_t stride, int64_t count,
                       int64_t bytes, uint8_t *panel)
{
    int64_t c = 0;
#if TILE_GROUP == 4
    for (; c + 4 * TILE_LANES <= bytes; c += 4 * TILE_LANES) {
        assay_vf v[TILE_LANES];
        for (int64_t i = 0; i < TILE_LANES; i++) {
            v[i] = (assay_vf){0};
            if (i < count)
                memcpy(&v[i], lines + i * stride + c, sizeof v[i]);
        }
        assay_vf_turn(v);
        for (int64_t i = 0; i < TILE_LANES; i++)
            memcpy(panel + (c / 4 + i) * TILE_N * 4, &v[i], sizeof v[i]);
    }
#endif
    for (; c < bytes; c += TILE_GROUP) {
        uint8_t *to = panel + c / TILE_GROUP * TILE_N * TILE_BYTES;
        const int64_t left = bytes - c;
        for (int64_t i = 0; i < count; i++) {
            const int8_t *from = lines + i * stride + c;
            if (left >= TILE_GROUP) {
                memcpy(to + i * TILE_GROUP, from, TILE_GROUP);
                continue;
            }
            memset(to + i * TILE_GROUP, 0, TILE_GROUP);
            memcpy(to + i * TILE_GROUP, from, (size_t)left);
        }
    }
}

static void pack_keys(const struct attend *w)
{
    const struct assay_attention *d = w->d;
    const int64_t stride = d->hkv * d->d;
    for (int64_t j = 0; j < d->skv; j += TILE_LANES) {
        uint8_t *panel = w->keys + j / TILE_N * w->blocks.key_panel +
                         j % TILE_N * TILE_BYTES;
        const int64_t left = d->skv - j;
        pack_lines(w->k + j * stride, stride,
                   left < TILE_LANES ? left : TILE_LANES, d->d, panel);
    }
    for (int64_t j = 0; LEFT_ZERO && j < d->skv; j++) {
        int32_t sum = 0;
        for (int64_t c = 0; c < d->d; c++)
            sum += w->k[j * stride + c];
        w->corrections[j] = sum * LEFT_ZERO;
    }
}

/* TILE_GROUP keys a word, columns side by side. */
static void pack_values(const struct attend *w)
{
    const struct assay_attention *d = w->d;
    const int64_t stride = d->hkv * d->d;
    static const int8_t zeros[TILE_N];
    for (int64_t p = 0; p * TILE_N < d->d; p++) {
        uint8_t *to = w->values + p * w->blocks.value_panel;
        const int64_t left = d->d - p * TILE_N;
        const int64_t n = left < TILE_N ? left : TILE_N;
        for (int64_t j = 0; j < d->skv; j += TILE_GROUP) {
            const int8_t *from = w->v + j * stride + p * TILE_N;
            const int8_t *rows[TILE_GROUP];
            for (int64_t i = 0; i < TILE_GROUP; i++)
                rows[i] = j + i < d->skv ? from + i * stride : zeros;
            for (int64_t c = 0; c < n; c++)
                for (int64_t i = 0; i < TILE_GROUP; i++)
                    to[c * TILE_GROUP + i] = (uint8_t)rows[i][c];
            to += TILE_N * TILE_BYTES;
        }
    }
}

static void load_queries(const struct attend *w,
                         const struct assay_attention_tile *tile)
{
    const struct assay_attention *d = w->d;
    for (int64_t i = 0; i < tile->count; i++) {
        const int8_t *from = w->q + assay_attention_row(d, tile->first + i);
        tile_left *to = w->queries + i * w->blocks.query_stride;
        for (int64_t c = 0; c < d->d; c++)
            to[c] = (tile_left)(from[c] + LEFT_ZERO);
        for (int64_t c = d->d; c % TILE_GROUP != 0; c++)
            to[c] = 0;
    }
}

/* Runs, and the same in whole groups of keys, joined where they meet. */
static void find_runs(struct attend *w, const struct assay_attention_tile *tile)
{
    w->n_runs = assay_attention_runs(w->d, tile, 0, w->d->skv, w->runs);
    w->n_groups = 0;
    for (int64_t r = 0; r < w->n_runs; r++) {
        const int64_t begin = w->runs[r].begin / TILE_GROUP * TILE_GROUP;
        const int64_t end = assay_round_up(w->runs[r].end, TILE_GROUP);
        if (w->n_groups && w->groups[w->n_groups - 1].end >= begin)
            w->groups[w->n_groups - 1].end = end;
        else
            w->groups[w->n_groups++] = (struct assay_range){begin, end};
    }
}

static void tile_scores(const struct attend *w, int64_t count)
{
    int32_t sums[TILE_M * TILE_N] __attribute__((aligned(64)));
    const int64_t zero = 0;
    const tile_word *rows[TILE_M];
    struct tile tile = {.rows = rows,
                        .offsets = &zero,
                        .segments = 1,
                        .length = tile_pieces(w->d->d, TILE_GROUP),
                        .sums = sums};
    for (int64_t i = 0; i < count; i++)
        rows[i] = (const tile_word *)(const void *)(w->queries +
                                                    i * w->blocks.query_stride);
    int64_t next = 0;
    for (int64_t r = 0; r < w->n_runs; r++) {
        int64_t panel = w->runs[r].begin / TILE_N;
        panel = panel < next ? next : panel;
        for (; panel * TILE_N < w->runs[r].end; panel++) {
            const int64_t j = panel * TILE_N;
            tile.weights = w->keys + panel * w->blocks.key_panel;
            tile_run(&tile, count, TILE_N);
            for (int64_t i = 0; i < count; i++) {
                int32_t *to = w->scores + i * w->blocks.score_stride + j;
                for (int64_t l = 0; l < TILE_N; l++)
                    to[l] =
                        (int32_t)((uint32_t)sums[i * TILE_N + l] -
                                  (LEFT_ZERO ? (uint32_t)w->corrections[j + l]
                                             : 0));
            }
        }
        next = panel;
    }
}

/* Weights of query i of the tile, which sees `seen`; their sum. */
static int32_t soften(const struct attend *w, int64_t i,
                      struct assay_range seen)
{
    const int32_t *s = w->scores + i * w->blocks.score_stride;
    tile_left *p = w->weights + i * w->blocks.weight_stride;
    int32_t top = INT32_MIN, sum = 0;
    for (int64_t r = 0; r < w->n_runs; r++) {
        const struct assay_range own = assay_attention_of_run(w->runs[r], seen);
        for (int64_t j = own.begin; j < own.end; j++)
            top = s[j] > top ? s[j] : top;
    }
    for (int64_t g = 0; g < w->n_groups; g++)
        memset(p + w->groups[g].begin, 0,
               (size_t)(w->groups[g].end - w->groups[g].begin) * sizeof *p);
    for (int64_t r = 0; r < w->n_runs; r++) {
        const struct assay_range own = assay_attention_of_run(w->runs[r], seen);
        if (own.begin < own.end)
            sum +=
                assay_attention_weigh(&w->table, w->packed, top, s + own.begin,
                                      own.end - own.begin, p + own.begin);
    }
    return sum;
}

static void tile_totals(const struct attend *w, int64_t count)
{
    int32_t sums[TILE_M * TILE_N] __attribute__((aligned(64)));
    const int64_t zero = 0;
    const tile_word *rows[TILE_M];
    struct tile tile = {
        .rows = rows, .offsets = &zero, .segments = 1, .sums = sums};
    for (int64_t i = 0; i < count; i++)
        memset(w->totals + i * w->blocks.width, 0,
               (size_t)w->blocks.width * sizeof *w->totals);
    for (int64_t g = 0; g < w->n_groups; g++) {
        const int64_t first = w->groups[g].begin;
        tile.length = (w->groups[g].end - first) / TILE_GROUP;
        for (int64_t i = 0; i < count; i++)
            rows[i] =
                (const tile_word *)(const void *)(w->weights +
                                                  i * w->blocks.weight_stride +
                                                  first);
        for (int64_t p = 0; p * TILE_N < w->d->d; p++) {
            tile.weights = w->values + p * w->blocks.value_panel +
                           first / TILE_GROUP * TILE_N * TILE_BYTES;
            const int64_t left = w->d->d - p * TILE_N;
            tile_run(&tile, count, left < TILE_N ? left : TILE_N);
            for (int64_t i = 0; i < count; i++) {
                int32_t *to = w->totals + i * w->blocks.width + p * TILE_N;
                for (int64_t l = 0; l < TILE_N; l++)
                    to[l] = (int32_t)((uint32_t)to[l] +
                                      (uint32_t)sums[i * TILE_N + l]);
            }
        }
    }
}

/* One row of the output from its totals. */
static void finish(const struct attend *w, const int32_t *total, int32_t sum,
                   int64_t at)
{
    const int64_t n = w->d->d;
    const double divisor = sum ? (double)sum : INFINITY;
    const float scale = w->packed->scale;
    if (w->d->output == ASSAY_ATTENTION_F32) {
        float *y = (float *)w->y + at;
        for (int64_t c = 0; c < n; c++)
            y[c] = (float)(int32_t)((double)total[c] * 65536 / divisor) * scale;
        return;
    }
    int8_t *y = (int8_t *)w->y + at;
    const float zero = (float)w->d->y_zero;
    for (int64_t c = 0; c < n; c++) {
        float v = (float)(int32_t)((double)total[c] * 65536 / divisor) * scale;
        v = v < -128 - zero ? -128 - zero : v;
        v = v > 127 - zero ? 127 - zero : v;
        y[c] = (int8_t)(rintf(v) + zero);
    }
}

static void run_tile(struct attend *w, const struct assay_attention_tile *tile)
{
    const int64_t group = assay_attention_group(w->d);
    int32_t sums[TILE_M];
    find_runs(w, tile);
    load_queries(w, tile);
    tile_scores(w, tile->count);
    for (int64_t i = 0; i < tile->count; i++)
        sums[i] =
            soften(w, i, assay_attention_keys(w->d, (tile->first + i) / group));
    tile_totals(w, tile->count);
    for (int64_t i = 0; i < tile->count; i++)
        finish(w, w->totals + i * w->blocks.width, sums[i],
               w->at + assay_attention_row(w->d, tile->first + i));
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_attention *d = &call->problem->as.attention;
    struct attend w = {
        .d = d,
        .packed = call->packed,
        .blocks = assay_attention_s8_blocks(d, TILE_M, TILE_N, TILE_GROUP),
        .y = call->output};
    uint8_t *scratch = call->scratch;
    w.keys = scratch + w.blocks.at[0];
    w.values = scratch + w.blocks.at[1];
    w.corrections = (int32_t *)(void *)(scratch + w.blocks.at[2]);
    w.scores = (int32_t *)(void *)(scratch + w.blocks.at[3]);
    w.totals = (int32_t *)(void *)(scratch + w.blocks.at[4]);
    w.queries = (tile_left *)(void *)(scratch + w.blocks.at[5]);
    w.weights = (tile_left *)(void *)(scratch + w.blocks.at[6]);
    w.runs = (struct assay_range *)(void *)(scratch + w.blocks.at[7]);
    w.groups = (struct assay_range *)(void *)(scratch + w.blocks.at[8]);
    assay_attention_table(&w.table, w.packed);
    const int64_t tiles = assay_attention_tiles(d, TILE_M);
    const struct assay_attention_share share =
        assay_attention_share(call, TILE_M);
    for (int64_t h = share.heads.begin; h < share.heads.end; h++) {
        const struct assay_attention_head at = assay_attention_head(d, h);
        w.q = (const int8_t *)call->inputs[0] + at.query;
        w.k = (const int8_t *)call->inputs[1] + at.key;
        w.v = (const int8_t *)call->inputs[2] + at.key;
        w.at = at.query;
        pack_keys(&w);
        pack_values(&w);
        for (int64_t t = share.part; t < tiles; t += share.parts) {
            struct assay_attention_tile tile;
            if (assay_attention_tile_at(d, w.packed->pattern, TILE_M, t, &tile))
                run_tile(&w, &tile);
        }
    }
}
