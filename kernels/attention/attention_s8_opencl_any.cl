/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, s8, OpenCL. Formula and layouts: attention.h. Exact integers,
 * equal to the reference. Needs OpenCL C 1.2.
 *
 * A work-item takes ROWS rows of one head of keys (attention.cl) past all keys
 * twice: for the largest score of each, then for the weights, as scores are
 * cheaper to compute again than to keep. Products of s8 are s16, added up as
 * ints in sixteen lanes; a weight times an element of v is below 2^15, too. No
 * barrier, no local memory, one work-item a group. Arrays need no alignment.
 * Row: attention.def; test: test_kernels.c.
 */
#pragma OPENCL FP_CONTRACT OFF
#include "group.cl"
#include "attention/attention.cl"

#define ROWS SPEC0
#define WIDTH SPEC1 /* at least that of a head, a multiple of 16 */
#define OUTPUT SPEC2

struct rows {
    short16 q[ROWS][WIDTH / 16];
    int16 sums[ROWS][WIDTH / 16];
    int s[ROWS]; /* scores with a key, then weights */
    int top[ROWS];
    uint total[ROWS], begin[ROWS], end[ROWS];
};

/* The first n elements, or 16 if n is more; then 0. */
static inline short16 load_most(__global const char *from, const uint n)
{
    char part[16];
    if (n >= 16)
        return convert_short16(vload16(0, from));
    vstore16((char16)(0), 0, part);
    for (uint i = 0; i < n; i++)
        part[i] = from[i];
    return convert_short16(vload16(0, part));
}

static inline int fold(const int16 v)
{
    const int8 a = v.lo + v.hi;
    const int4 b = a.lo + a.hi;
    const int2 c = b.lo + b.hi;
    return c.x + c.y;
}

/* Scores of all rows with the key at k. */
static inline void scores(struct rows *r, __global const char *k, const uint d)
{
    int16 acc[ROWS];
#pragma unroll
    for (uint i = 0; i < ROWS; i++)
        acc[i] = (int16)(0);
    for (uint c = 0; c < d; c += 16) {
        const short16 w = load_most(k + c, d - c);
#pragma unroll
        for (uint i = 0; i < ROWS; i++)
            acc[i] += convert_int16(r->q[i][c / 16] * w);
    }
#pragma unroll
    for (uint i = 0; i < ROWS; i++)
        r->s[i] = fold(acc[i]);
}

static inline int weight(__global const uint *packed, const int top,
                         const int s)
{
    uint t = min((uint)top - (uint)s, packed[0]);
    t = (t * packed[1] + packed[2]) >> packed[3];
    return (int)packed[TABLE + min(t, 255u)];
}

/* sums += weights times the values at v. */
static inline void weigh(struct rows *r, __global const char *v, const uint d)
{
    for (uint c = 0; c < d; c += 16) {
        const short16 w = load_most(v + c, d - c);
#pragma unroll
        for (uint i = 0; i < ROWS; i++)
            r->sums[i][c / 16] += convert_int16((short16)((short)r->s[i]) * w);
    }
}

static inline void finish(const struct rows *r, const uint i, const float scale,
                          const int zero, __global void *y, const size_t at,
                          const uint d)
{
    for (uint c = 0; c < d; c++) {
        int part[16];
        vstore16(r->sums[i][c / 16], 0, part);
        const long mean =
            r->total[i] ? (long)part[c % 16] * 65536 / (long)r->total[i] : 0;
        const float value = (float)(int)mean * scale;
#if OUTPUT == 0
        ((__global float *)y)[at + c] = value;
#else
        const int whole = convert_int(rint(clamp(value, -512.0f, 512.0f)));
        ((__global char *)y)[at + c] = (char)clamp(whole + zero, -128, 127);
#endif
    }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
assay_attention_s8_opencl_any(__global const char *restrict q,
                              __global const char *restrict k,
                              __global const char *restrict v,
                              __global const uint *restrict packed,
                              __global void *restrict y,
                              const struct attention d)
{
    const struct tile tile = tile_at(d, group_number(), ROWS);
    const size_t stride = (size_t)d.hkv * d.d;
    struct rows r;
    if (tile.count == 0)
        return;
    for (uint i = 0; i < ROWS; i++) {
        const uint row = tile.first + min(i, tile.count - 1);
        __global const char *from = q + row_at(d, tile, row);
        for (uint c = 0; c < d.d; c += 16) {
            r.q[i][c / 16] = load_most(from + c, d.d - c);
            r.sums[i][c / 16] = (int16)(0);
        }
        r.top[i] = INT_MIN;
        r.total[i] = 0;
        r.begin[i] = keys_begin(d, row / tile.group);
        r.end[i] = keys_end(d, row / tile.group);
    }
    k += tile.k;
    v += tile.k;
    uint end;
    for (uint j = tile.begin; (end = next_run(d, tile, packed, &j)) != 0;)
        for (; j < end; j++) {
            scores(&r, k + j * stride, d.d);
            for (uint i = 0; i < ROWS; i++)
                if (j >= r.begin[i] && j < r.end[i])
                    r.top[i] = max(r.top[i], r.s[i]);
        }
    for (uint j = tile.begin; (end = next_run(d, tile, packed, &j)) != 0;)
        for (; j < end; j++) {
            scores(&r, k + j * stride, d.d);
            for (uint i = 0; i < ROWS; i++) {
                r.s[i] = j >= r.begin[i] && j < r.end[i]
                             ? weight(packed, r.top[i], r.s[i])
                             : 0;
                r.total[i] += (uint)r.s[i];
            }
            weigh(&r, v + j * stride, d.d);
        }
    for (uint i = 0; i < tile.count; i++)
        finish(&r, i, as_float(packed[4]), (int)d.y_zero, y,
               row_at(d, tile, tile.first + i), d.d);
}
