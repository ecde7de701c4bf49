/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of every s8 and b1 GEMM on the CPU, included by one header
 * a level (gemm_s8_avx512vnni.h, gemm_b1_avx2.h …) that has defined
 *   TILE_LANES   32-bit lanes of a vector register
 *   TILE_M       rows of the largest tile
 *   TILE_GROUP   elements of x that a word holds (4, 2; b1: 1 word)
 *   TILE_BYTES   of the packed weights, for a word of x (4 or 2)
 *   tile_vec     a vector of int32_t, aligned(4), may_alias
 *   tile_weights(w)       the vector of weights at w
 *   tile_dot(sum, w, x)   sum + w . x in each lane
 *   tile_keep    its argument, as a value that is in a register
 * and, if tile_dot counts in bytes,
 *   TILE_BLOCK   how many words they count without overflow
 *   tile_widen   the sum of a lane's bytes, as int32
 *
 * A tile is up to TILE_M rows by one panel (struct assay_word_panels) of TILE_N
 * columns. As in gemm_f32_tile.h, rows are pointers and what is summed up are
 * `segments` stretches of `length` words of x, each at an offset that all rows
 * share. Sums start from 0 and wrap around; they are left in `sums`, for
 * what follows has constants of its own by dtype.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/dense/dense_pack.h"

#define TILE_N (2 * TILE_LANES)

typedef int32_t tile_word __attribute__((aligned(1), may_alias));

struct tile {
    const tile_word *const *rows; /* TILE_M pointers, those beyond m unused */
    const int64_t *offsets;       /* segments of them, in bytes */
    int64_t segments, length;
    const uint8_t *weights; /* [segments * length][TILE_N][TILE_BYTES] */
    int32_t *sums;          /* [TILE_M][TILE_N], 64-byte aligned */
};

#ifndef TILE_BLOCK
#define TILE_BLOCK INT64_MAX
#define TILE_ONCE 1
static inline tile_vec tile_widen(tile_vec v)
{
    return v;
}
#else
#define TILE_ONCE 0
#endif

/* m, v (vectors across) and u (partial sums) are constants where inlined. */
static inline __attribute__((always_inline)) void
tile_compute(const struct tile *t, int m, int v, int u)
{
    tile_vec sum[4][TILE_M][2];
    tile_vec *out = (tile_vec *)t->sums;
    const uint8_t *w = t->weights;
#pragma GCC unroll 16
    for (int i = 0; i < m; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < v; j++) {
            if (!TILE_ONCE)
                out[2 * i + j] = (tile_vec){0};
#pragma GCC unroll 4
            for (int p = 0; p < u; p++)
                sum[p][i][j] = (tile_vec){0};
        }
    }
    for (int64_t s = 0; s < t->segments; s++) {
        const tile_word *row[TILE_M];
#pragma GCC unroll 16
        for (int i = 0; i < m; i++)
            row[i] =
                (const tile_word *)(const void *)((const char *)t->rows[i] +
                                                  t->offsets[s]);
        for (int64_t k = 0; k < t->length;) {
            const int64_t left = t->length - k;
            const int64_t end = k + (left < TILE_BLOCK ? left : TILE_BLOCK);
            for (; k + u <= end; k += u) {
#pragma GCC unroll 4
                for (int p = 0; p < u; p++, w += TILE_N * TILE_BYTES) {
                    const tile_vec w0 = tile_keep(tile_weights(w));
                    const tile_vec w1 =
                        v > 1 ? tile_keep(
                                    tile_weights(w + TILE_LANES * TILE_BYTES))
                              : w0;
#pragma GCC unroll 16
                    for (int i = 0; i < m; i++) {
                        const tile_vec x = (tile_vec){0} + row[i][k + p];
                        sum[p][i][0] = tile_dot(sum[p][i][0], w0, x);
                        if (v > 1)
                            sum[p][i][1] = tile_dot(sum[p][i][1], w1, x);
                    }
                }
            }
            for (; u > 1 && k < end; k++, w += TILE_N * TILE_BYTES) {
#pragma GCC unroll 16
                for (int i = 0; i < m; i++)
#pragma GCC unroll 2
                    for (int j = 0; j < v; j++)
                        sum[0][i][j] = tile_dot(
                            sum[0][i][j],
                            tile_weights(w + j * TILE_LANES * TILE_BYTES),
                            (tile_vec){0} + row[i][k]);
            }
            if (TILE_ONCE)
                continue;
#pragma GCC unroll 16
            for (int i = 0; i < m; i++) {
#pragma GCC unroll 2
                for (int j = 0; j < v; j++) {
#pragma GCC unroll 4
                    for (int p = 0; p < u; p++) {
                        out[2 * i + j] += tile_widen(sum[p][i][j]);
                        sum[p][i][j] = (tile_vec){0};
                    }
                }
            }
        }
    }
    if (!TILE_ONCE)
        return;
#pragma GCC unroll 16
    for (int i = 0; i < m; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < v; j++) {
#pragma GCC unroll 4
            for (int p = 1; p < u; p++)
                sum[0][i][j] += sum[p][i][j];
            out[2 * i + j] = sum[0][i][j];
        }
    }
}

/* One tile of m rows and the first `columns` columns of the panel; sums of
 * further columns have no meaning. */
static void tile_run(const struct tile *t, int64_t m, int64_t columns)
{
#define TILE_CASE(rows, u)                                                     \
    case rows:                                                                 \
        if (columns > TILE_LANES)                                              \
            tile_compute(t, rows, 2, u);                                       \
        else                                                                   \
            tile_compute(t, rows, 1, u < 4 && rows < 8 ? 2 * u : u);           \
        break;
    switch (m) {
        TILE_CASE(1, 4)
        TILE_CASE(2, TILE_M > 8 ? 4 : 2)
        TILE_CASE(3, TILE_M > 8 ? 4 : 1)
        TILE_CASE(4, TILE_M > 8 ? 2 : 1)
#if TILE_M > 4
        TILE_CASE(5, 1)
        TILE_CASE(6, 1)
#endif
#if TILE_M > 6
        TILE_CASE(7, 1)
        TILE_CASE(8, 1)
#endif
#if TILE_M > 8
        TILE_CASE(9, 1)
        TILE_CASE(10, 1)
        TILE_CASE(11, 1)
        TILE_CASE(12, 1)
#endif
#if TILE_M > 12
        TILE_CASE(13, 1)
        TILE_CASE(14, 1)
#endif
    }
#undef TILE_CASE
}

/* Rows whose distance is a multiple of this many bytes fall into the same sets
 * of the first-level cache. */
#define TILE_CONFLICT 4096

/* Bytes of weights that stay in the second-level cache while rows pass by. */
#define TILE_WEIGHTS (512 * 1024)

/* Pieces of at most `most` that `size` is cut into. */
static inline int64_t tile_pieces(int64_t size, int64_t most)
{
    return (size + most - 1) / most;
}
