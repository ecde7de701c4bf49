/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Vulkan rows of attention share: words and constants
 * (attention_opencl.c, attention_pack.h), the tiles of queries
 * (attention_queries.h has the same in C) and the keys that a query sees.
 * `packed_words` is bound behind the three inputs.
 */
layout(push_constant) uniform words
{
    uint tiles; /* of a head of keys */
    uint each;  /* of them, of one span of queries */
    uint span;  /* queries that tiles do not cross the ends of */
    uint sq, skv, hq, hkv, depth;
    uint causal, window, block; /* 0: none */
    int y_zero;
    float scale;
};
layout(set = 0, binding = 3) readonly buffer packed_array { uint packed_words[]; };

const uint TABLE = 16u;    /* word of the packed constants where exp begins */
const uint PATTERN = 272u; /* word where the pattern begins */

/* Rows r are queries r / group in head r % group of the group of heads that
 * shares keys; a tile has `count` of them from `first`. q_from and k_from are
 * the elements where the group's and the keys' first ones are; tile_begin to
 * tile_end the keys that any row sees. */
uint group, first_row, count, q_from, k_from, tile_begin, tile_end;

uint keys_begin(uint i)
{
    const int at = int(i + skv) - int(sq);
    const int begin = window > 0u ? at - int(window) + 1 : 0;
    return uint(clamp(begin, 0, int(skv)));
}

uint keys_end(uint i)
{
    const int at = int(i + skv) - int(sq);
    int end = window > 0u ? at + int(window) : int(skv);
    end = causal == 1u ? min(end, at + 1) : end;
    return uint(clamp(end, 0, int(skv)));
}

/* Tile `number` of all heads in all batches, of at most `most` rows; count may
 * be 0. */
void tile_at(uint number, uint most)
{
    const uint head = number / tiles, t = number % tiles;
    const uint batch = head / hkv, kv = head % hkv;
    const uint query = t / each * span;
    group = hq / hkv;
    const uint rows = min(span, sq - query) * group;
    const uint begin = min(t % each * most, rows);
    first_row = query * group + begin;
    count = min(most, rows - begin);
    q_from = (batch * sq * hq + kv * group) * depth;
    k_from = (batch * skv * hkv + kv) * depth;
    tile_begin = keys_begin(first_row / group);
    tile_end = keys_end((first_row + max(count, 1u) - 1u) / group);
}

/* Element of q and y where a row begins. */
uint row_at(uint row)
{
    return q_from + (row / group * hq + row % group) * depth;
}

/* The next run of keys that the tile sees: in `begin`, where to look from (and
 * the begin of the run), the return value is its end; 0 if there is none. */
uint next_run(inout uint begin)
{
    if (begin >= tile_end)
        return 0u;
    if (block == 0u)
        return tile_end;
    const uint columns = (skv + block - 1u) / block;
    const uint row = first_row / group / block * columns;
    for (uint c = begin / block; c < columns; c++) {
        const uint from = max(c * block, begin), at = row + c;
        if (from >= tile_end)
            return 0u;
        if ((packed_words[PATTERN + at / 4u] >> (at % 4u * 8u) & 1u) == 1u) {
            begin = from;
            return min((c + 1u) * block, tile_end);
        }
    }
    return 0u;
}
