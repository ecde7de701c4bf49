/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32 and f16, OpenCL on a GPU; the including file defines KERNEL,
 * and HALF for f16. Formula and layouts: attention.h.
 *
 * A group of ITEMS work-items takes ROWS rows of one head of keys (attention.cl)
 * past all keys in chunks of ITEMS. For the scores a work-item is a key, and
 * the queries lie in local memory; the online softmax of a row is the business
 * of ITEMS / ROWS work-items, with partial results in local memory; for the
 * sums a work-item is a column of v, or several ITEMS apart. All work-items
 * meet at every barrier. f32 with fused multiply-add. Deviation: the driver's
 * exp, the order of sums.
 */
#define ROWS SPEC0
#define WIDTH SPEC1 /* of a head, up to a multiple of ITEMS */
#define ITEMS 64
#define TEAM (ITEMS / ROWS)
#define COLUMNS (WIDTH / ITEMS)

/* The largest of a row's parts, or their sum. */
static inline float team_max(__local const float *part)
{
    float most = part[0];
    for (uint i = 1; i < TEAM; i++)
        most = fmax(most, part[i]);
    return most;
}

static inline float team_sum(__local const float *part)
{
    float sum = 0.0f;
    for (uint i = 0; i < TEAM; i++)
        sum += part[i];
    return sum;
}

__attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void
KERNEL(__global const REAL *restrict q, __global const REAL *restrict k,
       __global const REAL *restrict v, __global const uint *restrict packed,
       __global REAL *restrict y, const struct attention d)
{
    __local float queries[ROWS][WIDTH], p[ROWS][ITEMS], part[ITEMS];
    __local float factors[ROWS];
    const struct tile tile = tile_at(d, group_number(), ROWS);
    const uint item = get_local_id(0);
    const uint mine = item / TEAM, mate = item % TEAM;
    const size_t stride = (size_t)d.hkv * d.d;
    /* Of row `mine`, equal in all of its team. */
    const uint row = (tile.first + min(mine, max(tile.count, 1u) - 1));
    const uint begin = keys_begin(d, row / tile.group);
    const uint stop = keys_end(d, row / tile.group);
    float top = -INFINITY, total = 0.0f, sums[ROWS][COLUMNS];
    if (tile.count == 0)
        return;
    for (uint i = 0; i < ROWS; i++) {
        const uint r = tile.first + min(i, tile.count - 1);
        for (uint c = item; c < d.d; c += ITEMS)
            queries[i][c] = LOAD(q, row_at(d, tile, r) + c) * d.scale;
        for (uint b = 0; b < COLUMNS; b++)
            sums[i][b] = 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    k += tile.k;
    v += tile.k;
    /* One loop with nothing conditional around its barriers, which drivers
     * that turn work-items into loops could not split. */
    uint first = tile.begin, end = next_run(d, tile, packed, &first);
    while (end != 0) {
        float s[ROWS];
        const size_t key = min(first + item, end - 1) * stride;
        for (uint i = 0; i < ROWS; i++)
            s[i] = 0.0f;
        for (uint c = 0; c < d.d; c++) {
            const float w = LOAD(k, key + c);
            for (uint i = 0; i < ROWS; i++)
                s[i] = fma(queries[i][c], w, s[i]);
        }
        for (uint i = 0; i < ROWS; i++)
            p[i][item] = s[i];
        barrier(CLK_LOCAL_MEM_FENCE);
        float most = -INFINITY, sum = 0.0f;
        for (uint j = mate; j < ITEMS; j += TEAM) {
            const uint at = first + j;
            if (at >= end || at < begin || at >= stop)
                p[mine][j] = -INFINITY;
            most = fmax(most, p[mine][j]);
        }
        part[item] = most;
        barrier(CLK_LOCAL_MEM_FENCE);
        most = fmax(top, team_max(part + mine * TEAM));
        for (uint j = mate; j < ITEMS; j += TEAM) {
            const float e =
                p[mine][j] > -INFINITY ? exp(p[mine][j] - most) : 0.0f;
            p[mine][j] = e;
            sum += e;
        }
        const float factor = top > -INFINITY ? exp(top - most) : 0.0f;
        if (mate == 0)
            factors[mine] = factor;
        top = most;
        barrier(CLK_LOCAL_MEM_FENCE);
        part[item] = sum;
        barrier(CLK_LOCAL_MEM_FENCE);
        total = total * factor + team_sum(part + mine * TEAM);
        const uint n = min((uint)ITEMS, end - first);
        for (uint b = 0; b < COLUMNS; b++) {
            const uint c = min(item + b * ITEMS, d.d - 1);
            for (uint i = 0; i < ROWS; i++)
                sums[i][b] *= factors[i];
            for (uint j = 0; j < n; j++) {
                const float w = LOAD(v, (first + j) * stride + c);
                for (uint i = 0; i < ROWS; i++)
                    sums[i][b] = fma(p[i][j], w, sums[i][b]);
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        first += ITEMS;
        if (first >= end) {
            first = end;
            end = next_run(d, tile, packed, &first);
        }
    }
    if (mate == 0)
        factors[mine] = total > 0.0f ? 1.0f / total : 0.0f;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint i = 0; i < tile.count; i++) {
        const size_t to = row_at(d, tile, tile.first + i);
        for (uint b = 0; b < COLUMNS; b++) {
            const uint c = item + b * ITEMS;
            if (c < d.d)
                STORE(y, to + c, sums[i][b] * factors[i]);
        }
    }
}
