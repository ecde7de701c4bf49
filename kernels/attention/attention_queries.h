/* SPDX-License-Identifier: Apache-2.0
 *
 * How the CPU rows of attention cut the queries of one head of keys into
 * register tiles, share them among threads, and find the keys that a tile sees.
 *
 * The queries of all heads of a group lie side by side: row r is query r /
 * group in head r % group of the group, so that a tile's rows see nearly the
 * same keys and few queries still fill one. Tiles do not cross blocks of the
 * pattern. Threads share heads of keys, then tiles, dealt out in turn since
 * causal queries see more and more keys.
 */
#ifndef ASSAY_KERNELS_ATTENTION_QUERIES_H
#define ASSAY_KERNELS_ATTENTION_QUERIES_H

#include "kernels/attention/attention_pack.h"
#include "kernels/kernel.h"

struct assay_attention_tile {
    int64_t first, count;    /* rows */
    struct assay_range seen; /* keys, of all its rows together */
    const uint8_t *pattern;  /* of its queries; NULL: none */
};

/* One thread's work: heads of keys (numbered through all batches), and of each
 * the tiles part, part + parts, …; none if heads is empty. */
struct assay_attention_share {
    struct assay_range heads;
    int64_t part, parts;
};

/* Where the arrays of one head of keys begin, in elements. */
struct assay_attention_head {
    int64_t query, key;
};

static inline int64_t assay_attention_group(const struct assay_attention *d)
{
    return d->hq / d->hkv;
}

/* Queries that tiles do not cross the ends of. */
static inline int64_t assay_attention_span(const struct assay_attention *d)
{
    return d->block && d->block < d->sq ? d->block : d->sq;
}

/* Tiles of at most `most` rows of one span. */
static inline int64_t assay_attention_each(const struct assay_attention *d,
                                           int64_t most)
{
    const int64_t rows = assay_attention_span(d) * assay_attention_group(d);
    return (rows + most - 1) / most;
}

static inline int64_t assay_attention_tiles(const struct assay_attention *d,
                                            int64_t most)
{
    const int64_t span = assay_attention_span(d);
    return (d->sq + span - 1) / span * assay_attention_each(d, most);
}

/* Tile t; false if it has no rows. */
static inline bool assay_attention_tile_at(const struct assay_attention *d,
                                           const uint8_t *pattern, int64_t most,
                                           int64_t t,
                                           struct assay_attention_tile *tile)
{
    const int64_t span = assay_attention_span(d);
    const int64_t each = assay_attention_each(d, most);
    const int64_t group = assay_attention_group(d);
    const int64_t first = t / each * span, left = d->sq - first;
    const struct assay_range rows = assay_split(
        (left < span ? left : span) * group, (size_t)each, (size_t)(t % each));
    if (rows.begin == rows.end)
        return false;
    tile->first = first * group + rows.begin;
    tile->count = rows.end - rows.begin;
    tile->seen.begin = assay_attention_keys(d, tile->first / group).begin;
    tile->seen.end =
        assay_attention_keys(d, (tile->first + tile->count - 1) / group).end;
    tile->pattern =
        d->block
            ? pattern + first / d->block * ((d->skv + d->block - 1) / d->block)
            : NULL;
    return true;
}

/* Elements from the first query and head of a group to those of a row. */
static inline int64_t assay_attention_row(const struct assay_attention *d,
                                          int64_t row)
{
    const int64_t group = assay_attention_group(d);
    return (row / group * d->hq + row % group) * d->d;
}

static inline struct assay_attention_head
assay_attention_head(const struct assay_attention *d, int64_t number)
{
    const int64_t batch = number / d->hkv, head = number % d->hkv;
    return (struct assay_attention_head){
        .query =
            (batch * d->sq * d->hq + head * assay_attention_group(d)) * d->d,
        .key = (batch * d->skv * d->hkv + head) * d->d};
}

static inline struct assay_attention_share
assay_attention_share(const struct assay_cpu_call *call, int64_t most)
{
    const struct assay_attention *d = &call->problem->as.attention;
    const int64_t heads = d->batch * d->hkv;
    const int64_t tiles = assay_attention_tiles(d, most);
    const struct assay_grid grid = assay_grid_choose(
        call->threads,
        (struct assay_axis){
            .units = heads, .size = 1, .total = heads, .least = 1},
        (struct assay_axis){
            .units = tiles, .size = 1, .total = tiles, .least = 1});
    struct assay_attention_share share = {
        .part = (int64_t)(call->thread % grid.columns),
        .parts = (int64_t)grid.columns};
    if (call->thread < grid.rows * grid.columns)
        share.heads =
            assay_split(heads, grid.rows, call->thread / grid.columns);
    return share;
}

/* The most runs of keys that the next function finds among n keys. */
static inline int64_t assay_attention_most_runs(const struct assay_attention *d,
                                                int64_t n)
{
    return d->block ? n / d->block / 2 + 2 : 1;
}

/* The runs of keys begin … end - 1 that the tile sees, from the key `begin` on;
 * their number. */
static inline int64_t
assay_attention_runs(const struct assay_attention *d,
                     const struct assay_attention_tile *tile, int64_t begin,
                     int64_t end, struct assay_range *runs)
{
    const int64_t base = begin, block = d->block;
    int64_t n = 0;
    begin = begin < tile->seen.begin ? tile->seen.begin : begin;
    end = end > tile->seen.end ? tile->seen.end : end;
    if (begin < end && !block)
        runs[n++] = (struct assay_range){begin - base, end - base};
    for (int64_t c = block ? begin / block : 0; block && c * block < end; c++) {
        if (!tile->pattern[c])
            continue;
        const int64_t from = c * block < begin ? begin : c * block;
        const int64_t to = (c + 1) * block > end ? end : (c + 1) * block;
        if (n && runs[n - 1].end == from - base)
            runs[n - 1].end = to - base;
        else
            runs[n++] = (struct assay_range){from - base, to - base};
    }
    return n;
}

/* What a query that sees `seen` sees of a run; begin and end are those of the
 * run's where it sees nothing. */
static inline struct assay_range assay_attention_of_run(struct assay_range run,
                                                        struct assay_range seen)
{
    struct assay_range r = {
        seen.begin > run.begin ? seen.begin : run.begin,
        seen.end < run.end ? seen.end : run.end,
    };
    if (r.begin >= r.end)
        r.begin = r.end = run.end;
    return r;
}

#endif
