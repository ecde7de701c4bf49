/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32 and f16, OpenCL on a CPU driver; the including file defines
 * KERNEL, and HALF for f16. Formula and layouts: attention.h.
 *
 * A work-item takes ROWS rows of one head of keys (attention.cl) past all keys
 * in chunks of 64, as float16 blocks: 16 keys' elements are turned in registers
 * (turn.cl), so that lanes are keys for the scores; the online softmax; then
 * lanes are the elements of v. No barrier, no local memory. Keys beyond a run
 * are the last one again, with weight 0. Accumulates in f32 with fused
 * multiply-add. Deviation: the driver's exp, the order of sums.
 */
#define ROWS SPEC0
#define WIDTH SPEC1 /* at least that of a head, a multiple of 16 */
#define CHUNK 64

struct rows {
    float q[ROWS][WIDTH];
    float16 sums[ROWS][WIDTH / 16];
    float p[ROWS][CHUNK]; /* scores, then weights */
    float top[ROWS], total[ROWS];
    uint begin[ROWS], end[ROWS]; /* keys that a row sees */
};

/* Scores of all rows with 16 keys from `first`, into column `at`. */
static inline void scores(struct rows *r, __global const REAL *k,
                          const size_t stride, const uint d, const uint first,
                          const uint end, const uint at)
{
    float16 acc[ROWS];
#pragma unroll
    for (uint i = 0; i < ROWS; i++)
        acc[i] = (float16)(0.0f);
    for (uint c = 0; c < d; c += 16) {
        float16 v[16];
#pragma unroll
        for (uint j = 0; j < 16; j++) {
            __global const REAL *from = k + min(first + j, end - 1) * stride + c;
            v[j] = load_most(from, d - c);
        }
        turn16(v);
#pragma unroll
        for (uint j = 0; j < 16; j++)
#pragma unroll
            for (uint i = 0; i < ROWS; i++)
                acc[i] = fma((float16)(r->q[i][c + j]), v[j], acc[i]);
    }
#pragma unroll
    for (uint i = 0; i < ROWS; i++)
        vstore16(acc[i], 0, r->p[i] + at);
}

/* Weights of row i in place of the scores of n keys (a multiple of 16) from
 * `first`; those beyond `end` or not seen are 0. */
static inline void soften(struct rows *r, const uint i, const uint d,
                          const uint first, const uint n, const uint end)
{
    const uint from = max(r->begin[i], first), to = min(r->end[i], end);
    float16 most = (float16)(-INFINITY), sum = (float16)(0.0f);
    for (uint j = 0; j < n; j++)
        r->p[i][j] =
            first + j >= from && first + j < to ? r->p[i][j] : -INFINITY;
    for (uint j = 0; j < n; j += 16)
        most = fmax(most, vload16(0, r->p[i] + j));
    const float top = fmax(r->top[i], fold_max(most));
    if (top == -INFINITY) {
        for (uint j = 0; j < n; j++)
            r->p[i][j] = 0.0f;
        return;
    }
    for (uint j = 0; j < n; j += 16) {
        const float16 e = exp(vload16(0, r->p[i] + j) - top);
        vstore16(e, 0, r->p[i] + j);
        sum += e;
    }
    if (top > r->top[i]) {
        const float factor = exp(r->top[i] - top);
        for (uint c = 0; c < d; c += 16)
            r->sums[i][c / 16] *= factor;
        r->total[i] *= factor;
    }
    r->top[i] = top;
    r->total[i] += fold_sum(sum);
}

/* sums += p v for the n keys from `first`. */
static inline void weigh(struct rows *r, __global const REAL *v,
                         const size_t stride, const uint d, const uint first,
                         const uint n)
{
    for (uint c = 0; c < d; c += 16) {
        float16 acc[ROWS];
#pragma unroll
        for (uint i = 0; i < ROWS; i++)
            acc[i] = r->sums[i][c / 16];
        for (uint j = 0; j < n; j++) {
            __global const REAL *from = v + (first + j) * stride + c;
            const float16 b = load_most(from, d - c);
#pragma unroll
            for (uint i = 0; i < ROWS; i++)
                acc[i] = fma((float16)(r->p[i][j]), b, acc[i]);
        }
#pragma unroll
        for (uint i = 0; i < ROWS; i++)
            r->sums[i][c / 16] = acc[i];
    }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *restrict q, __global const REAL *restrict k,
       __global const REAL *restrict v, __global const uint *restrict packed,
       __global REAL *restrict y, const struct attention d)
{
    const struct tile tile = tile_at(d, group_number(), ROWS);
    const size_t stride = (size_t)d.hkv * d.d;
    struct rows r;
    if (tile.count == 0)
        return;
    for (uint i = 0; i < ROWS; i++) {
        const uint row = tile.first + min(i, tile.count - 1);
        __global const REAL *from = q + row_at(d, tile, row);
        for (uint c = 0; c < d.d; c += 16) {
            vstore16(load_most(from + c, d.d - c) * d.scale, 0, r.q[i] + c);
            r.sums[i][c / 16] = (float16)(0.0f);
        }
        r.top[i] = -INFINITY;
        r.total[i] = 0.0f;
        r.begin[i] = keys_begin(d, row / tile.group);
        r.end[i] = keys_end(d, row / tile.group);
    }
    k += tile.k;
    v += tile.k;
    uint first = tile.begin, end;
    while ((end = next_run(d, tile, packed, &first)) != 0) {
        for (; first < end; first += CHUNK) {
            const uint n = min((uint)CHUNK, end - first);
            for (uint j = 0; j < n; j += 16)
                scores(&r, k, stride, d.d, first + j, end, j);
            for (uint i = 0; i < ROWS; i++)
                soften(&r, i, d.d, first, (n + 15) / 16 * 16, end);
            weigh(&r, v, stride, d.d, first, n);
        }
        first = end;
    }
    for (uint i = 0; i < tile.count; i++) {
        const float factor = r.total[i] > 0.0f ? 1.0f / r.total[i] : 0.0f;
        __global REAL *to = y + row_at(d, tile, tile.first + i);
        for (uint c = 0; c < d.d; c += 16)
            store_most(to + c, d.d - c, r.sums[i][c / 16] * factor);
    }
}
