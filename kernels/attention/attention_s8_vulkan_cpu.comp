#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, s8, for CPU drivers of Vulkan. Formula and layouts: attention.h.
 * Exact integers, equal to the reference. Needs subgroup ballot and arithmetic
 * operations, subgroups of 4, 8 or 16, 8-bit storage.
 *
 * Lanes, rows and loads as in attention_cpu.glsl, four elements of a head in a
 * word with VECTOR; but keys pass twice: for the largest score of each row,
 * then for the weights, as scores are cheaper to compute again than to keep.
 * Launch: attention_vulkan.c; row: attention.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_EXT_shader_8bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
layout(constant_id = 3) const uint ROWS = 8u;
layout(constant_id = 4) const uint QUADS = 2u;
layout(constant_id = 5) const uint VECTOR = 0u;
layout(constant_id = 6) const uint BYTES_OUT = 0u;
#include "attention/attention.glsl"
#include "attention/attention_s8.glsl"
#include "byte.glsl"
layout(set = 0, binding = 0) readonly buffer q_array { int8_t q[]; };
layout(set = 0, binding = 0) readonly buffer q_words { uint q4[]; };
layout(set = 0, binding = 1) readonly buffer k_array { int8_t k[]; };
layout(set = 0, binding = 1) readonly buffer k_words { uint k4[]; };
layout(set = 0, binding = 2) readonly buffer v_array { int8_t v[]; };
layout(set = 0, binding = 2) readonly buffer v_words { uint v4[]; };

const uint LANES = gl_WorkGroupSize.x;

uint query[ROWS]; /* elements where the rows begin */
uint begin[ROWS], stop[ROWS];
ivec4 sums[ROWS][QUADS];
int s[ROWS];

ivec4 load_query(uint at, uint c)
{
    if (VECTOR == 1u)
        return c < depth ? bytes_unpack(q4[(at + c) / 4u]) : ivec4(0);
    ivec4 r;
    [[unroll]] for (uint e = 0u; e < 4u; e++)
        r[e] = c + e < depth ? int(q[at + c + e]) : 0;
    return r;
}

ivec4 load_key(uint key, uint c)
{
    if (VECTOR == 1u)
        return bytes_unpack(k4[(key + min(c, depth - 4u)) / 4u]);
    ivec4 r;
    [[unroll]] for (uint e = 0u; e < 4u; e++)
        r[e] = int(k[key + min(c + e, depth - 1u)]);
    return r;
}

ivec4 load_value(uint key, uint c)
{
    if (VECTOR == 1u)
        return bytes_unpack(v4[(key + min(c, depth - 4u)) / 4u]);
    ivec4 r;
    [[unroll]] for (uint e = 0u; e < 4u; e++)
        r[e] = int(v[key + min(c + e, depth - 1u)]);
    return r;
}

#define SCORE_STEP(t)                                                          \
    if (LANES > t) {                                                           \
        const ivec4 w = load_key(key, c + 4u * t);                             \
        [[unroll]] for (uint i = 0u; i < ROWS; i++) {                          \
            const ivec4 p = subgroupBroadcast(part[i], t) * w;                 \
            s[i] += (p.x + p.y) + (p.z + p.w);                                 \
        }                                                                      \
    }

/* Scores of all rows with the lane's key; a lane brings four elements of each
 * query. */
void scores(uint key, uint lane)
{
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        s[i] = 0;
    for (uint c = 0u; c < depth; c += 4u * LANES) {
        ivec4 part[ROWS];
        [[unroll]] for (uint i = 0u; i < ROWS; i++)
            part[i] = load_query(query[i], c + 4u * lane);
        SCORE_STEP(0u)
        SCORE_STEP(1u)
        SCORE_STEP(2u)
        SCORE_STEP(3u)
        SCORE_STEP(4u)
        SCORE_STEP(5u)
        SCORE_STEP(6u)
        SCORE_STEP(7u)
        SCORE_STEP(8u)
        SCORE_STEP(9u)
        SCORE_STEP(10u)
        SCORE_STEP(11u)
        SCORE_STEP(12u)
        SCORE_STEP(13u)
        SCORE_STEP(14u)
        SCORE_STEP(15u)
    }
}

#define SUM_STEP(t)                                                            \
    if (LANES > t) {                                                           \
        const uint key = k_from + min(first + t, end - 1u) * hkv * depth;      \
        [[unroll]] for (uint b = 0u; b < QUADS; b++) {                         \
            const ivec4 w = load_value(key, (b * LANES + lane) * 4u);          \
            [[unroll]] for (uint i = 0u; i < ROWS; i++)                        \
                sums[i][b] += subgroupBroadcast(s[i], t) * w;                  \
        }                                                                      \
    }

void weigh(uint first, uint end, uint lane)
{
    SUM_STEP(0u)
    SUM_STEP(1u)
    SUM_STEP(2u)
    SUM_STEP(3u)
    SUM_STEP(4u)
    SUM_STEP(5u)
    SUM_STEP(6u)
    SUM_STEP(7u)
    SUM_STEP(8u)
    SUM_STEP(9u)
    SUM_STEP(10u)
    SUM_STEP(11u)
    SUM_STEP(12u)
    SUM_STEP(13u)
    SUM_STEP(14u)
    SUM_STEP(15u)
}

void main()
{
    const uint lane = gl_SubgroupInvocationID;
    int top[ROWS];
    uint total[ROWS], end;
    tile_at(group_number(), ROWS);
    if (count == 0u)
        return;
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint row = first_row + min(i, count - 1u);
        query[i] = row_at(row);
        begin[i] = keys_begin(row / group);
        stop[i] = keys_end(row / group);
        top[i] = NONE;
        total[i] = 0u;
        [[unroll]] for (uint b = 0u; b < QUADS; b++)
            sums[i][b] = ivec4(0);
    }
    for (uint first = tile_begin; (end = next_run(first)) != 0u; first = end) {
        for (; first < end; first += LANES) {
            const uint at = first + lane;
            scores(k_from + min(at, end - 1u) * hkv * depth, lane);
            [[unroll]] for (uint i = 0u; i < ROWS; i++)
                if (at < end && at >= begin[i] && at < stop[i])
                    top[i] = max(top[i], s[i]);
        }
    }
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        top[i] = subgroupMax(top[i]);
    for (uint first = tile_begin; (end = next_run(first)) != 0u; first = end) {
        for (; first < end; first += LANES) {
            const uint at = first + lane;
            scores(k_from + min(at, end - 1u) * hkv * depth, lane);
            [[unroll]] for (uint i = 0u; i < ROWS; i++) {
                s[i] = at < end && at >= begin[i] && at < stop[i]
                           ? weight(top[i], s[i])
                           : 0;
                total[i] += uint(s[i]);
            }
            weigh(first, end, lane);
        }
    }
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint all = subgroupAdd(total[i]);
        [[unroll]] for (uint b = 0u; b < QUADS; b++)
            [[unroll]] for (uint e = 0u; e < 4u; e++) {
                const uint c = (b * LANES + lane) * 4u + e;
                if (i < count && c < depth)
                    store(query[i] + c, sums[i][b][e], all);
            }
    }
}
