/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of attention share: their words (attention_opencl.c),
 * the tiles of queries (attention_queries.h has the same in C) and the keys
 * that a query sees.
 */
struct attention {
    uint tiles; /* of a head of keys */
    uint each;  /* of them, of one span of queries */
    uint span;  /* queries that tiles do not cross the ends of */
    uint sq, skv, hq, hkv, d;
    uint causal, window, block; /* 0: none */
    uint y_zero;                /* s8: an int */
    float scale;
};

#define TABLE 16    /* word of the packed constants where exp begins */
#define PATTERN 272 /* word where the pattern begins */

/* Rows r are queries r / group in head r % group of the group of heads that
 * shares keys; a tile has `count` of them from `first`. q and k are the
 * elements where the group's and the keys' first ones are. */
struct tile {
    uint group, first, count;
    size_t q, k;
    uint begin, end; /* keys that any row sees */
};

static inline uint keys_begin(const struct attention d, const uint i)
{
    const int at = (int)(i + d.skv) - (int)d.sq;
    const int begin = d.window ? at - (int)d.window + 1 : 0;
    return (uint)min(max(begin, 0), (int)d.skv);
}

static inline uint keys_end(const struct attention d, const uint i)
{
    const int at = (int)(i + d.skv) - (int)d.sq;
    int end = d.window ? at + (int)d.window : (int)d.skv;
    end = d.causal ? min(end, at + 1) : end;
    return (uint)min(max(end, 0), (int)d.skv);
}

/* Tile `number` of all heads in all batches, of at most `most` rows; count may
 * be 0. */
static inline struct tile tile_at(const struct attention d, const uint number,
                                  const uint most)
{
    const uint head = number / d.tiles, t = number % d.tiles;
    const uint batch = head / d.hkv, kv = head % d.hkv;
    const uint query = t / d.each * d.span;
    struct tile tile;
    tile.group = d.hq / d.hkv;
    const uint rows = min(d.span, d.sq - query) * tile.group;
    const uint begin = min(t % d.each * most, rows);
    tile.first = query * tile.group + begin;
    tile.count = min(most, rows - begin);
    tile.q = ((size_t)batch * d.sq * d.hq + kv * tile.group) * d.d;
    tile.k = ((size_t)batch * d.skv * d.hkv + kv) * d.d;
    tile.begin = keys_begin(d, tile.first / tile.group);
    tile.end = keys_end(d, (tile.first + max(tile.count, 1u) - 1) / tile.group);
    return tile;
}

/* Element of q and y where a row begins. */
static inline size_t row_at(const struct attention d, const struct tile tile,
                            const uint row)
{
    return tile.q +
           (size_t)(row / tile.group * d.hq + row % tile.group) * d.d;
}

/* The next run of keys that the tile sees: in *begin, where to look from (and
 * the begin of the run), the return value is its end; 0 if there is none. */
static inline uint next_run(const struct attention d, const struct tile tile,
                            __global const uint *packed, uint *begin)
{
    if (*begin >= tile.end)
        return 0;
    if (d.block == 0)
        return tile.end;
    const uint columns = (d.skv + d.block - 1) / d.block;
    const uint row = tile.first / tile.group / d.block * columns;
    __global const uchar *pattern = (__global const uchar *)(packed + PATTERN);
    for (uint c = *begin / d.block; c < columns; c++) {
        const uint from = max(c * d.block, *begin);
        if (from >= tile.end)
            return 0;
        if (pattern[row + c]) {
            *begin = from;
            return min((c + 1) * d.block, tile.end);
        }
    }
    return 0;
}
