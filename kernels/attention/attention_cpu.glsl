/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32 and f16, for CPU drivers of Vulkan (llvmpipe); the including
 * file defines HALF for f16. Formula and layouts: attention.h.
 *
 * As in gemm_steps.glsl a work-group is one subgroup of LANES invocations, and
 * what counts is the number of loads. It takes ROWS rows of one head of keys
 * past LANES keys at a time. For the scores a lane is a key, whose elements it
 * reads four at a time, while the queries' elements, one a lane, are broadcast;
 * for the sums a lane has QUADS times four elements of v, and the weights are
 * broadcast. Each lane adds up the weights of its own keys. With VECTOR a head
 * is a multiple of four elements. Elements beyond a head and keys beyond a run
 * are the last ones again and count nothing.
 */
#include "comp.glsl"
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(constant_id = 3) const uint ROWS = 8u;
layout(constant_id = 4) const uint QUADS = 2u;
layout(constant_id = 5) const uint VECTOR = 0u;
#include "attention/attention.glsl"
layout(set = 0, binding = 0) readonly buffer q_array { REAL q[]; };
layout(set = 0, binding = 1) readonly buffer k_array { REAL k[]; };
layout(set = 0, binding = 1) readonly buffer k_vectors { REAL4 k4[]; };
layout(set = 0, binding = 2) readonly buffer v_array { REAL v[]; };
layout(set = 0, binding = 2) readonly buffer v_vectors { REAL4 v4[]; };
layout(set = 0, binding = 4) writeonly buffer y_array { REAL y[]; };
layout(set = 0, binding = 4) writeonly buffer y_vectors { REAL4 y4[]; };

const uint LANES = gl_WorkGroupSize.x;
const float NONE = -3.0e38; /* a score of no key */

uint query[ROWS]; /* elements where the rows begin */
vec4 sums[ROWS][QUADS];
float s[ROWS];

vec4 load_key(uint key, uint c)
{
    if (VECTOR == 1u)
        return vec4(k4[(key + min(c, depth - 4u)) / 4u]);
    vec4 r;
    [[unroll]] for (uint e = 0u; e < 4u; e++)
        r[e] = float(k[key + min(c + e, depth - 1u)]);
    return r;
}

vec4 load_value(uint key, uint c)
{
    if (VECTOR == 1u)
        return vec4(v4[(key + min(c, depth - 4u)) / 4u]);
    vec4 r;
    [[unroll]] for (uint e = 0u; e < 4u; e++)
        r[e] = float(v[key + min(c + e, depth - 1u)]);
    return r;
}

#define SCORE_STEP(t, e)                                                       \
    [[unroll]] for (uint i = 0u; i < ROWS; i++)                                \
        s[i] = fma(subgroupBroadcast(part[i], t + e), w[e], s[i]);
#define SCORE_STEPS(t)                                                         \
    if (LANES > t) {                                                           \
        const vec4 w = load_key(key, c + t);                                   \
        SCORE_STEP(t, 0u)                                                      \
        SCORE_STEP(t, 1u)                                                      \
        SCORE_STEP(t, 2u)                                                      \
        SCORE_STEP(t, 3u)                                                      \
    }

/* Scores of all rows with the lane's key. */
void scores(uint key, uint lane)
{
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        s[i] = 0.0;
    for (uint c = 0u; c < depth; c += LANES) {
        float part[ROWS];
        [[unroll]] for (uint i = 0u; i < ROWS; i++) {
            const float x = float(q[query[i] + min(c + lane, depth - 1u)]);
            part[i] = c + lane < depth ? x * scale : 0.0;
        }
        SCORE_STEPS(0u)
        SCORE_STEPS(4u)
        SCORE_STEPS(8u)
        SCORE_STEPS(12u)
    }
}

#define SUM_STEP(t)                                                            \
    if (LANES > t) {                                                           \
        const uint key = k_from + min(first + t, end - 1u) * hkv * depth;      \
        [[unroll]] for (uint b = 0u; b < QUADS; b++) {                         \
            const vec4 w = load_value(key, (b * LANES + lane) * 4u);           \
            [[unroll]] for (uint i = 0u; i < ROWS; i++)                        \
                sums[i][b] = fma(vec4(subgroupBroadcast(s[i], t)), w,          \
                                 sums[i][b]);                                  \
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

void store(uint at, uint c, vec4 r)
{
    if (VECTOR == 1u) {
        if (c < depth)
            y4[(at + c) / 4u] = REAL4(r);
        return;
    }
    [[unroll]] for (uint e = 0u; e < 4u; e++)
        if (c + e < depth)
            y[at + c + e] = REAL(r[e]);
}

void main()
{
    const uint lane = gl_SubgroupInvocationID;
    float top[ROWS], total[ROWS];
    uint begin[ROWS], stop[ROWS];
    tile_at(group_number(), ROWS);
    if (count == 0u)
        return;
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint row = first_row + min(i, count - 1u);
        query[i] = row_at(row);
        begin[i] = keys_begin(row / group);
        stop[i] = keys_end(row / group);
        top[i] = NONE;
        total[i] = 0.0;
        [[unroll]] for (uint b = 0u; b < QUADS; b++)
            sums[i][b] = vec4(0.0);
    }
    uint first = tile_begin, end;
    while ((end = next_run(first)) != 0u) {
        for (; first < end; first += LANES) {
            const uint at = first + lane;
            scores(k_from + min(at, end - 1u) * hkv * depth, lane);
            [[unroll]] for (uint i = 0u; i < ROWS; i++) {
                const bool seen = at < end && at >= begin[i] && at < stop[i];
                const float most =
                    max(top[i], subgroupMax(seen ? s[i] : NONE));
                if (most > top[i]) {
                    const float factor = exp(top[i] - most);
                    total[i] *= factor;
                    [[unroll]] for (uint b = 0u; b < QUADS; b++)
                        sums[i][b] *= factor;
                    top[i] = most;
                }
                s[i] = seen ? exp(s[i] - most) : 0.0;
                total[i] += s[i];
            }
            weigh(first, end, lane);
        }
        first = end;
    }
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const float all = subgroupAdd(total[i]);
        const float factor = all > 0.0 ? 1.0 / all : 0.0;
        [[unroll]] for (uint b = 0u; b < QUADS; b++)
            if (i < count)
                store(query[i], (b * LANES + lane) * 4u, sums[i][b] * factor);
    }
}
