/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocking of the f32 and f16 rows of attention on the CPU, from which their
 * scratch follows (attention_tile.h).
 */
#ifndef ASSAY_KERNELS_ATTENTION_SCRATCH_H
#define ASSAY_KERNELS_ATTENTION_SCRATCH_H

#include "kernels/attention/attention.h"
#include "kernels/shape.h"

/* The largest register tile of any level, for arrays on the stack. */
#define ASSAY_ATTENTION_MAX_M 14

/* The most keys of a block. */
#define ASSAY_ATTENTION_MAX_KEYS 256

struct assay_attention_blocks {
    int64_t width;  /* of a head, up to whole panels */
    int64_t keys;   /* of a block, in whole panels */
    int64_t tiles;  /* register tiles that pass a block of keys together */
    int64_t stride; /* floats between queries */
    /* Floats: keys as panels, values as panels, scores of a tile, queries,
     * sums; then largest score and sum of weights of each query. */
    int64_t key_floats, value_floats, score_floats, query_floats, sum_floats;
    int64_t score_stride;
    int64_t queries;
};

/* A block of keys and one of values, together with the queries and sums that
 * meet them, stay in the second-level cache. */
static inline struct assay_attention_blocks
assay_attention_blocks(const struct assay_attention *d, unsigned tile_m,
                       unsigned tile_n)
{
    struct assay_attention_blocks b;
    b.width = assay_round_up(d->d, tile_n);
    b.keys = b.width <= 128   ? ASSAY_ATTENTION_MAX_KEYS
             : b.width <= 256 ? 128
                              : 64;
    const int64_t all = assay_round_up(d->skv, tile_n);
    b.keys = b.keys < all ? b.keys : all;
    const int64_t rows = 49152 / b.width;
    b.tiles = rows > 336 ? 336 / tile_m : rows / tile_m;
    b.tiles = b.tiles < 1 ? 1 : b.tiles;
    /* Not a power of two, or rows would evict each other. */
    b.stride = b.width + 16;
    b.score_stride = b.keys + 16;
    b.queries = b.tiles * tile_m;
    b.key_floats = b.keys * d->d;
    b.value_floats = b.keys * b.width;
    b.score_floats = b.score_stride * tile_m;
    b.query_floats = b.queries * b.stride;
    b.sum_floats = b.queries * b.stride;
    return b;
}

static inline int64_t
assay_attention_block_floats(const struct assay_attention_blocks *b)
{
    return b->key_floats + b->value_floats + b->score_floats + b->query_floats +
           b->sum_floats + 2 * b->queries;
}

/* The same of the s8 rows (attention_s8_tile.h): strides in elements, offsets
 * of the arrays in scratch in bytes, at[9] that of its end. */
struct assay_attention_s8_blocks {
    int64_t width;                  /* of totals: a head, in whole panels */
    int64_t key_panel, value_panel; /* bytes */
    int64_t score_stride, query_stride, weight_stride;
    int64_t at[10];
};

static inline struct assay_attention_s8_blocks
assay_attention_s8_blocks(const struct assay_attention *d, unsigned tile_m,
                          unsigned tile_n, unsigned group)
{
    struct assay_attention_s8_blocks b;
    const int64_t keys = assay_round_up(d->skv, tile_n);
    const int64_t left = group == 4 ? 1 : 2; /* bytes of the left side's */
    b.width = assay_round_up(d->d, tile_n);
    b.key_panel = assay_round_up(d->d, group) * tile_n;
    b.value_panel = assay_round_up(d->skv, group) * tile_n;
    /* Not a power of two, or rows would evict each other. */
    b.score_stride = keys + 16;
    b.query_stride = assay_round_up(d->d, 64) + 64;
    b.weight_stride = assay_round_up(d->skv, 64) + 64;
    const int64_t runs = d->block ? d->skv / d->block / 2 + 2 : 1;
    const int64_t bytes[] = {
        keys / tile_n * b.key_panel,
        b.width / tile_n * b.value_panel,
        keys * 4,
        tile_m * b.score_stride * 4,
        tile_m * b.width * 4,
        tile_m * b.query_stride * left,
        tile_m * b.weight_stride * left,
        runs * 16,
        runs * 16,
    };
    b.at[0] = 0;
    for (int i = 0; i < 9; i++)
        b.at[i + 1] = b.at[i] + assay_round_up(bytes[i], 64);
    return b;
}

#endif
