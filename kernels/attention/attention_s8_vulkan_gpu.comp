#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, s8, for GPUs. Formula and layouts: attention.h. Exact integers,
 * equal to the reference. Needs shared memory for 8 queries and 2.3 KiB, 8-bit
 * storage.
 *
 * Invocations as in attention_gpu.glsl: ITEMS keys, teams of ITEMS / ROWS for a
 * row, then columns of v. Keys pass twice: for the largest score of each row,
 * then for the weights, as scores are cheaper to compute again than to keep.
 * Launch: attention_vulkan.c; row: attention.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#extension GL_EXT_shader_8bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
layout(constant_id = 3) const uint ROWS = 8u;
layout(constant_id = 4) const uint WIDTH = 64u; /* of a head, in whole ITEMS */
layout(constant_id = 5) const uint BYTES_OUT = 0u;
#include "attention/attention.glsl"
#include "attention/attention_s8.glsl"
layout(set = 0, binding = 0) readonly buffer q_array { int8_t q[]; };
layout(set = 0, binding = 1) readonly buffer k_array { int8_t k[]; };
layout(set = 0, binding = 2) readonly buffer v_array { int8_t v[]; };

const uint ITEMS = 64u, TEAM = ITEMS / ROWS;
const uint COLUMNS = WIDTH / ITEMS;

shared int queries[ROWS * WIDTH], p[ROWS * ITEMS];
shared int tops[ITEMS];
shared uint totals[ITEMS];

/* Scores of all rows with the invocation's key, to p. */
void scores(uint key, uint item)
{
    int s[ROWS];
    for (uint i = 0u; i < ROWS; i++)
        s[i] = 0;
    for (uint c = 0u; c < depth; c++) {
        const int w = int(k[key + c]);
        for (uint i = 0u; i < ROWS; i++)
            s[i] += queries[i * WIDTH + c] * w;
    }
    for (uint i = 0u; i < ROWS; i++)
        p[i * ITEMS + item] = s[i];
}

void main()
{
    tile_at(group_number(), ROWS);
    const uint item = gl_LocalInvocationID.x;
    const uint mine = item / TEAM, mate = item % TEAM, stride = hkv * depth;
    /* Of row `mine`. */
    const uint row = first_row + min(mine, max(count, 1u) - 1u);
    const uint begin = keys_begin(row / group), stop = keys_end(row / group);
    int top = NONE, sums[ROWS][COLUMNS];
    uint total = 0u, end;
    if (count == 0u)
        return;
    for (uint i = 0u; i < ROWS; i++) {
        const uint from = row_at(first_row + min(i, count - 1u));
        for (uint c = item; c < depth; c += ITEMS)
            queries[i * WIDTH + c] = int(q[from + c]);
        for (uint b = 0u; b < COLUMNS; b++)
            sums[i][b] = 0;
    }
    barrier();
    for (uint first = tile_begin; (end = next_run(first)) != 0u; first = end) {
        for (; first < end; first += ITEMS) {
            scores(k_from + min(first + item, end - 1u) * stride, item);
            barrier();
            for (uint j = mate; j < ITEMS; j += TEAM) {
                const uint at = first + j;
                if (at < end && at >= begin && at < stop)
                    top = max(top, p[mine * ITEMS + j]);
            }
            barrier();
        }
    }
    tops[item] = top;
    barrier();
    for (uint j = 0u; j < TEAM; j++)
        top = max(top, tops[mine * TEAM + j]);
    for (uint first = tile_begin; (end = next_run(first)) != 0u; first = end) {
        for (; first < end; first += ITEMS) {
            scores(k_from + min(first + item, end - 1u) * stride, item);
            barrier();
            for (uint j = mate; j < ITEMS; j += TEAM) {
                const uint at = first + j, cell = mine * ITEMS + j;
                p[cell] = at < end && at >= begin && at < stop
                              ? weight(top, p[cell])
                              : 0;
                total += uint(p[cell]);
            }
            barrier();
            const uint n = min(ITEMS, end - first);
            for (uint b = 0u; b < COLUMNS; b++) {
                const uint c = min(item + b * ITEMS, depth - 1u);
                for (uint j = 0u; j < n; j++) {
                    const int w = int(v[k_from + (first + j) * stride + c]);
                    for (uint i = 0u; i < ROWS; i++)
                        sums[i][b] += p[i * ITEMS + j] * w;
                }
            }
            barrier();
        }
    }
    totals[item] = total;
    barrier();
    for (uint i = 0u; i < count; i++) {
        const uint to = row_at(first_row + i);
        uint all = 0u;
        for (uint j = 0u; j < TEAM; j++)
            all += totals[i * TEAM + j];
        for (uint b = 0u; b < COLUMNS; b++) {
            const uint c = item + b * ITEMS;
            if (c < depth)
                store(to + c, sums[i][b], all);
        }
    }
}
