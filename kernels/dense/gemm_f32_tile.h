/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of every f32 GEMM on the CPU, included by one header a
 * level (gemm_f32_avx512.h …) that has defined
 *   TILE_LANES   floats of a vector register
 *   TILE_M       rows of the largest tile; TILE_M * 2 + 3 registers are used
 *   tile_vec     the vector type, aligned(4)
 *   tile_max, tile_min   of two tile_vec, the second where either is NaN
 *   tile_keep    its argument, as a value that is in a register
 *
 * With TILE_HALF the weights are f16; all else is f32.
 *
 * A tile is up to TILE_M rows by one panel (dense_pack.h) of TILE_N columns.
 * Its rows are given by pointers, so that they may lie anywhere: rows of a
 * matrix, or pixels of an image. What is summed up consists of `segments`
 * stretches of `length` floats, each at an offset common to all rows: one for
 * a matrix, one a kernel tap for a convolution. Sums start from the panel's
 * bias, or from y when a longer sum is computed in several passes.
 *
 * Few rows would leave the multipliers waiting for the previous sum, so they
 * keep several partial sums along the depth.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/act_finish.h"
#include "kernels/dense/dense_pack.h"
#include "kernels/half_vector.h"

#define TILE_N (2 * TILE_LANES)

/* Rows of the panel between those in use and those asked for. */
#define TILE_AHEAD 32

#ifdef TILE_HALF
typedef uint16_t tile_weight;
static inline tile_vec tile_weights(const tile_weight *w)
{
    return (tile_vec)assay_vf_load_half(w);
}
#else
typedef float tile_weight;
static inline tile_vec tile_weights(const tile_weight *w)
{
    return *(const tile_vec *)w;
}
#endif

struct tile {
    const float *const *rows; /* TILE_M pointers, those beyond m unused */
    const int64_t *offsets;   /* segments of them, in floats */
    int64_t segments, length;
    const tile_weight *weights; /* [segments * length][TILE_N] */
    const float *bias;          /* [TILE_N]; NULL: y holds the sums so far */
    float *y;
    int64_t y_stride;
    float low, high; /* the sums are clamped to, at the end */
};

/* m, v (vectors across) and u (partial sums) are constants where inlined. */
static inline __attribute__((always_inline)) void
tile_compute(const struct tile *t, int m, int v, int u)
{
    /* Few rows wait for the memory of the weights, many for multipliers, which
     * a prefetch takes 5 % from. */
    const bool prefetch = m * 4 <= TILE_M * 3;
    tile_vec sum[4][TILE_M][2];
#pragma GCC unroll 16
    for (int i = 0; i < m; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < v; j++) {
            const float *from = t->bias ? t->bias : t->y + i * t->y_stride;
            sum[0][i][j] = ((const tile_vec *)from)[j];
#pragma GCC unroll 4
            for (int p = 1; p < u; p++)
                sum[p][i][j] = (tile_vec){0};
        }
    }
    const tile_weight *w = t->weights;
    for (int64_t s = 0; s < t->segments; s++) {
        const float *row[TILE_M];
#pragma GCC unroll 16
        for (int i = 0; i < m; i++)
            row[i] = t->rows[i] + t->offsets[s];
        int64_t k = 0;
        for (; k + u <= t->length; k += u) {
#pragma GCC unroll 4
            for (int p = 0; p < u; p++, w += TILE_N) {
                if (prefetch) {
                    __builtin_prefetch(w + TILE_AHEAD * TILE_N);
                    __builtin_prefetch(w + (2 * TILE_AHEAD + 1) * TILE_LANES);
                }
                const tile_vec b0 = tile_keep(tile_weights(w));
                const tile_vec b1 =
                    v > 1 ? tile_keep(tile_weights(w + TILE_LANES)) : b0;
#pragma GCC unroll 16
                for (int i = 0; i < m; i++) {
                    const float a = row[i][k + p];
                    sum[p][i][0] += a * b0;
                    if (v > 1)
                        sum[p][i][1] += a * b1;
                }
            }
        }
        if (u == 1)
            continue;
        for (; k < t->length; k++, w += TILE_N) {
#pragma GCC unroll 16
            for (int i = 0; i < m; i++)
#pragma GCC unroll 2
                for (int j = 0; j < v; j++)
                    sum[0][i][j] +=
                        row[i][k] * tile_weights(w + j * TILE_LANES);
        }
    }
    const tile_vec low = (tile_vec){0} + t->low;
    const tile_vec high = (tile_vec){0} + t->high;
#pragma GCC unroll 16
    for (int i = 0; i < m; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < v; j++) {
#pragma GCC unroll 4
            for (int p = 1; p < u; p++)
                sum[0][i][j] += sum[p][i][j];
            ((tile_vec *)(t->y + i * t->y_stride))[j] =
                tile_min(high, tile_max(low, sum[0][i][j]));
        }
    }
}

/* One tile of m rows and v vectors. */
static void tile_dispatch(const struct tile *t, int64_t m, int v)
{
#define TILE_CASE(rows, sums)                                                  \
    case rows:                                                                 \
        if (v > 1)                                                             \
            tile_compute(t, rows, 2, sums);                                    \
        else                                                                   \
            tile_compute(t, rows, 1, sums < 4 && rows < 8 ? 2 * sums : sums);  \
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
        TILE_CASE(13, 1)
        TILE_CASE(14, 1)
#endif
    }
#undef TILE_CASE
}

/* One tile of m rows and the first `columns` columns of the panel. A vector
 * that y has no room for goes through a copy. */
static void tile_run(const struct tile *t, int64_t m, int64_t columns)
{
    const int v = columns > TILE_LANES ? 2 : 1;
    if (columns % TILE_LANES == 0) {
        tile_dispatch(t, m, v);
        return;
    }
    float copy[TILE_M * TILE_N] __attribute__((aligned(64)));
    struct tile inside = *t;
    inside.y = copy;
    inside.y_stride = TILE_N;
    const size_t bytes = (size_t)columns * sizeof *copy;
    if (!t->bias)
        for (int64_t i = 0; i < m; i++)
            memcpy(copy + i * TILE_N, t->y + i * t->y_stride, bytes);
    tile_dispatch(&inside, m, v);
    for (int64_t i = 0; i < m; i++)
        memcpy(t->y + i * t->y_stride, copy + i * TILE_N, bytes);
}

/* What a pass over part of the depth does with its sums. */
static void tile_set_pass(struct tile *t, bool last, int64_t act)
{
    t->low = last ? assay_act_low(act) : -INFINITY;
    t->high = last ? assay_act_high(act) : INFINITY;
}

/* Rows whose distance is a multiple of this many floats fall into the same
 * sets of the first-level cache. */
#define TILE_CONFLICT 1024

/* The longest depth of one pass: a tile's rows stay in the first-level cache,
 * which they fill by a bit more than half. */
#define TILE_DEPTH 512

/* Floats of weights that stay in the second-level cache during a pass. */
#define TILE_WEIGHTS (128 * 1024)

/* Pieces of at most `most` that `size` is cut into. */
static inline int64_t tile_pieces(int64_t size, int64_t most)
{
    return (size + most - 1) / most;
}
