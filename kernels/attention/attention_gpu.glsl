/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32 and f16, for GPUs; the including file defines HALF for f16.
 * Formula and layouts: attention.h.
 *
 * A work-group of ITEMS invocations takes ROWS rows of one head of keys
 * (attention.glsl) past all keys in chunks of ITEMS. For the scores an
 * invocation is a key, and the queries lie in shared memory; the online softmax
 * of a row is the business of ITEMS / ROWS invocations, with partial results in
 * shared memory; for the sums an invocation is a column of v, or several ITEMS
 * apart. All invocations meet at every barrier. f32 with fused multiply-add.
 */
#include "comp.glsl"
layout(constant_id = 3) const uint ROWS = 8u;
layout(constant_id = 4) const uint WIDTH = 64u; /* of a head, in whole ITEMS */
#include "attention/attention.glsl"
layout(set = 0, binding = 0) readonly buffer q_array { REAL q[]; };
layout(set = 0, binding = 1) readonly buffer k_array { REAL k[]; };
layout(set = 0, binding = 2) readonly buffer v_array { REAL v[]; };
layout(set = 0, binding = 4) writeonly buffer y_array { REAL y[]; };

const uint ITEMS = 64u, TEAM = ITEMS / ROWS;
const uint COLUMNS = WIDTH / ITEMS;
const float NONE = -3.0e38; /* a score of no key */

shared float queries[ROWS * WIDTH], p[ROWS * ITEMS], part[ITEMS];
shared float factors[ROWS];

void main()
{
    tile_at(group_number(), ROWS);
    const uint item = gl_LocalInvocationID.x;
    const uint mine = item / TEAM, mate = item % TEAM, stride = hkv * depth;
    /* Of row `mine`, equal in all of its team. */
    const uint row = first_row + min(mine, max(count, 1u) - 1u);
    const uint begin = keys_begin(row / group), stop = keys_end(row / group);
    float top = NONE, total = 0.0, sums[ROWS][COLUMNS];
    if (count == 0u)
        return;
    for (uint i = 0u; i < ROWS; i++) {
        const uint from = row_at(first_row + min(i, count - 1u));
        for (uint c = item; c < depth; c += ITEMS)
            queries[i * WIDTH + c] = float(q[from + c]) * scale;
        for (uint b = 0u; b < COLUMNS; b++)
            sums[i][b] = 0.0;
    }
    barrier();
    uint first = tile_begin, end;
    while ((end = next_run(first)) != 0u) {
        for (; first < end; first += ITEMS) {
            float s[ROWS];
            const uint key = k_from + min(first + item, end - 1u) * stride;
            for (uint i = 0u; i < ROWS; i++)
                s[i] = 0.0;
            for (uint c = 0u; c < depth; c++) {
                const float w = float(k[key + c]);
                for (uint i = 0u; i < ROWS; i++)
                    s[i] = fma(queries[i * WIDTH + c], w, s[i]);
            }
            for (uint i = 0u; i < ROWS; i++)
                p[i * ITEMS + item] = s[i];
            barrier();
            float most = NONE, sum = 0.0;
            for (uint j = mate; j < ITEMS; j += TEAM) {
                const uint at = first + j;
                if (at >= end || at < begin || at >= stop)
                    p[mine * ITEMS + j] = NONE;
                most = max(most, p[mine * ITEMS + j]);
            }
            part[item] = most;
            barrier();
            most = top;
            for (uint j = 0u; j < TEAM; j++)
                most = max(most, part[mine * TEAM + j]);
            for (uint j = mate; j < ITEMS; j += TEAM) {
                const float x = p[mine * ITEMS + j];
                const float e = x > NONE ? exp(x - most) : 0.0;
                p[mine * ITEMS + j] = e;
                sum += e;
            }
            const float factor = top > NONE ? exp(top - most) : 0.0;
            if (mate == 0u)
                factors[mine] = factor;
            top = most;
            barrier();
            part[item] = sum;
            barrier();
            total *= factor;
            for (uint j = 0u; j < TEAM; j++)
                total += part[mine * TEAM + j];
            const uint n = min(ITEMS, end - first);
            for (uint b = 0u; b < COLUMNS; b++) {
                const uint c = min(item + b * ITEMS, depth - 1u);
                for (uint i = 0u; i < ROWS; i++)
                    sums[i][b] *= factors[i];
                for (uint j = 0u; j < n; j++) {
                    const float w = float(v[k_from + (first + j) * stride + c]);
                    for (uint i = 0u; i < ROWS; i++)
                        sums[i][b] = fma(p[i * ITEMS + j], w, sums[i][b]);
                }
            }
            barrier();
        }
        first = end;
    }
    if (mate == 0u)
        factors[mine] = total > 0.0 ? 1.0 / total : 0.0;
    barrier();
    for (uint i = 0u; i < count; i++) {
        const uint to = row_at(first_row + i);
        for (uint b = 0u; b < COLUMNS; b++) {
            const uint c = item + b * ITEMS;
            if (c < depth)
                y[to + c] = REAL(sums[i][b] * factors[i]);
        }
    }
}
