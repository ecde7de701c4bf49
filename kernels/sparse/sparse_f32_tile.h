/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, on the CPU, for the vectors of act_vector.h. The including file
 * defines KERNEL as its symbol. Contract: sparse.h; packed weights:
 * sparse_pack.h.
 *
 * Rows of x are turned first, so that the elements of one k of some rows lie
 * side by side: [k][lanes]. Sums lie along the rows: an entry is a load of one
 * k of all rows and, for each output, a multiplication by a broadcast weight;
 * the sums are turned back at the end. Few rows would leave most lanes empty,
 * so that for them strips of 16 outputs hold their sums along the outputs: an
 * entry is one load of 16 weights and, for each row, a multiplication by a
 * broadcast element. Either way an entry's column is one index for all rows,
 * and the turned rows of a block of k stay in the first-level cache, where the
 * columns may jump about.
 * Threads share rows, strips or both (split.h). Rows beyond m are zeros in the
 * turned block and are not stored. Deviates from the reference by rounding
 * only.
 */
#include <string.h>

#include "kernels/act_finish.h"
#include "kernels/kernel.h"
#include "kernels/sparse/sparse_scratch.h"
#include "kernels/sparse/sparse_split.h"
#include "kernels/turn_vector.h"

assay_cpu_function KERNEL;

#define LANES ASSAY_VF_LANES
/* Vectors of a strip of 16 outputs. */
#define ACROSS (16 / LANES)
/* Rows up to which such strips hold their sums along the outputs. */
#define FEW_ROWS (LANES / 2)
/* Outputs of theirs that are computed together otherwise. */
#define TOGETHER (LANES == 16 ? 8 : 4)
/* Vectors of rows for strips of one output and for higher ones. */
#define DOWN_1 (LANES == 16 ? 2 : 4)
#define DOWN 2

struct work {
    const struct assay_sparse *s;
    const struct assay_sparse_layout *l;
    const float *x;
    float *y, *turned, *sums;
    const float *bias, *weights;
    const uint32_t *begins;
    const uint16_t *columns;
    float low, high;
    struct assay_range rows, strips; /* of this thread */
};

static inline int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Columns first … first + depth - 1 of `rows` rows from `row`, as
 * [depth][LANES], zeros in the lanes beyond. */
static void turn_rows(const struct work *w, int64_t row, int64_t rows,
                      int64_t first, int64_t depth, float *to)
{
    const float *x = w->x + row * w->s->k + first;
    assay_vf v[LANES];
    for (int64_t c = 0; c < depth; c += LANES) {
        const int64_t left = least(depth - c, LANES);
        for (int i = 0; i < LANES; i++) {
            const float *from = x + i * w->s->k + c;
            v[i] = i >= rows       ? (assay_vf){0}
                   : left == LANES ? assay_vf_load(from)
                                   : assay_vf_load_part(from, left, 0);
        }
        assay_vf_turn(v);
        for (int64_t i = 0; i < left; i++)
            assay_vf_store(to + (c + i) * LANES, v[i]);
    }
}

static inline assay_vf clamp(const struct work *w, assay_vf v)
{
    return assay_vf_min(assay_vf_set(w->high),
                        assay_vf_max(assay_vf_set(w->low), v));
}

/* Sums of `rows` rows by 16 outputs; `parts` sums each, of every parts'th
 * entry, where rows alone would leave the multipliers waiting. rows and parts
 * are constants where inlined; x points to the rows' lanes. The sums start from
 * `from`, at `step` floats a row (0: the bias, the same for all). */
ASSAY_INLINE void panel(const struct work *w, int rows, int parts,
                        const float *x, const uint16_t *columns,
                        const float *weights, int64_t count, const float *from,
                        int64_t step, float *to, int64_t to_step, bool last)
{
    assay_vf sum[4][FEW_ROWS][ACROSS];
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (int v = 0; v < ACROSS; v++) {
            sum[0][i][v] = assay_vf_load(from + i * step + v * LANES);
#pragma GCC unroll 4
            for (int p = 1; p < parts; p++)
                sum[p][i][v] = (assay_vf){0};
        }
    int64_t e = 0;
    for (; e + parts <= count; e += parts)
#pragma GCC unroll 4
        for (int p = 0; p < parts; p++) {
            const float *a = x + columns[e + p] * LANES;
            assay_vf b[ACROSS];
#pragma GCC unroll 4
            for (int v = 0; v < ACROSS; v++)
                b[v] = assay_vf_load(weights + (e + p) * 16 + v * LANES);
#pragma GCC unroll 16
            for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
                for (int v = 0; v < ACROSS; v++)
                    sum[p][i][v] += a[i] * b[v];
        }
    for (; parts > 1 && e < count; e++)
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
            for (int v = 0; v < ACROSS; v++)
                sum[0][i][v] += x[columns[e] * LANES + i] *
                                assay_vf_load(weights + e * 16 + v * LANES);
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (int v = 0; v < ACROSS; v++) {
#pragma GCC unroll 4
            for (int p = 1; p < parts; p++)
                sum[0][i][v] += sum[p][i][v];
            assay_vf_store(to + i * to_step + v * LANES,
                           last ? clamp(w, sum[0][i][v]) : sum[0][i][v]);
        }
}

/* One strip of 16 outputs for `rows` rows that lie turned at x, in block b. */
static void panel_strip(const struct work *w, int64_t b, int64_t strip,
                        const float *x, int64_t row, int64_t rows)
{
    const uint32_t *begins = w->begins + b * w->l->strips + strip;
    const uint16_t *columns = w->columns + begins[0];
    const float *weights = w->weights + (size_t)begins[0] * 16;
    const int64_t count = begins[1] - begins[0];
    const int64_t n = w->s->n, left = least(n - strip * 16, 16);
    const bool last = b + 1 == w->l->blocks;
    float copy[FEW_ROWS * 16] __attribute__((aligned(64)));
    for (int64_t i = 0; i < rows;) {
        const int64_t some = least(rows - i, FEW_ROWS);
        float *y = w->y + (row + i) * n + strip * 16;
        /* Fewer outputs than a strip, or fewer rows than the next larger tile
         * has, go through a copy. */
        const bool whole = left == 16 && (some == FEW_ROWS || some <= 2);
        float *to = whole ? y : copy;
        const int64_t step = whole ? n : 16;
        const float *from = w->bias + strip * 16;
        if (b > 0) {
            if (!whole)
                memset(copy, 0, sizeof copy);
            for (int64_t j = 0; !whole && j < some; j++)
                memcpy(copy + j * 16, y + j * n, (size_t)left * sizeof *y);
            from = to;
        }
        const int64_t from_step = b > 0 ? step : 0;
#define PANEL(tile, parts)                                                     \
    panel(w, tile, parts, x + i, columns, weights, count, from, from_step, to, \
          step, last)
        if (some == 1)
            PANEL(1, 4);
        else if (some == 2)
            PANEL(2, LANES == 16 ? 4 : 2);
#if LANES >= 8
        else if (some <= 4)
            PANEL(4, LANES == 16 ? 2 : 1);
#endif
#if LANES == 16
        else
            PANEL(8, 1);
#endif
#undef PANEL
        for (int64_t j = 0; !whole && j < some; j++)
            memcpy(y + j * n, copy + j * 16, (size_t)left * sizeof *y);
        i += some;
    }
}

static void panels(const struct work *w)
{
    const struct assay_sparse *s = w->s;
    for (int64_t row = w->rows.begin; row < w->rows.end; row += LANES) {
        const int64_t rows = least(w->rows.end - row, LANES);
        for (int64_t b = 0; b < w->l->blocks; b++) {
            const int64_t first = b * w->l->depth;
            turn_rows(w, row, rows, first, least(s->k - first, w->l->depth),
                      w->turned);
            for (int64_t p = w->strips.begin; p < w->strips.end; p++)
                panel_strip(w, b, p, w->turned, row, rows);
        }
        const int64_t begin = w->strips.begin * 16;
        assay_act_finish(w->y + row * s->n + begin, s->n, rows,
                         least(w->strips.end * 16, s->n) - begin, s->act);
    }
}

/* Sums of `height` outputs, whose weights are `pitch` apart from entry to
 * entry, by `down` vectors of rows, to and, unless there is a bias, from
 * sums[height][down * LANES]. The rows of a block lie `stride` floats apart,
 * vector by vector. `parts` as for panel. */
ASSAY_INLINE void strip(int height, int down, int parts, int pitch,
                        const float *x, int64_t stride, const uint16_t *columns,
                        const float *weights, int64_t count, const float *bias,
                        float *sums)
{
    assay_vf sum[4][TOGETHER][DOWN_1];
#pragma GCC unroll 8
    for (int h = 0; h < height; h++)
#pragma GCC unroll 4
        for (int v = 0; v < down; v++) {
            sum[0][h][v] = bias ? assay_vf_set(bias[h])
                                : assay_vf_load(sums + (h * down + v) * LANES);
#pragma GCC unroll 4
            for (int p = 1; p < parts; p++)
                sum[p][h][v] = (assay_vf){0};
        }
    int64_t e = 0;
    for (; e + parts <= count; e += parts)
#pragma GCC unroll 4
        for (int p = 0; p < parts; p++) {
            const float *a = x + columns[e + p] * LANES;
            assay_vf b[DOWN_1];
#pragma GCC unroll 4
            for (int v = 0; v < down; v++)
                b[v] = assay_vf_load(a + v * stride);
#pragma GCC unroll 8
            for (int h = 0; h < height; h++) {
                const assay_vf w = assay_vf_set(weights[(e + p) * pitch + h]);
#pragma GCC unroll 4
                for (int v = 0; v < down; v++)
                    sum[p][h][v] += w * b[v];
            }
        }
    for (; parts > 1 && e < count; e++)
#pragma GCC unroll 4
        for (int v = 0; v < down; v++) {
            const assay_vf b =
                assay_vf_load(x + columns[e] * LANES + v * stride);
#pragma GCC unroll 8
            for (int h = 0; h < height; h++)
                sum[0][h][v] += weights[e * pitch + h] * b;
        }
#pragma GCC unroll 8
    for (int h = 0; h < height; h++)
#pragma GCC unroll 4
        for (int v = 0; v < down; v++) {
#pragma GCC unroll 4
            for (int p = 1; p < parts; p++)
                sum[0][h][v] += sum[p][h][v];
            assay_vf_store(sums + (h * down + v) * LANES, sum[0][h][v]);
        }
}

/* Strips `range` of block b for `down` vectors of rows at x. */
static void strips(const struct work *w, int64_t b, struct assay_range range,
                   const float *x, int64_t stride, int64_t down, float *sums)
{
    const int64_t height = w->l->height;
    for (int64_t p = range.begin; p < range.end; p++) {
        const uint32_t *begins = w->begins + b * w->l->strips + p;
        const uint16_t *columns = w->columns + begins[0];
        const float *weights = w->weights + (size_t)begins[0] * (size_t)height;
        const int64_t count = begins[1] - begins[0];
        const float *bias = b == 0 ? w->bias + p * height : NULL;
        float *to = sums + (p - range.begin) * height * down * LANES;
#define STRIP(high, wide, parts, pitch, h)                                     \
    strip(high, wide, parts, pitch, x, stride, columns, weights + (h), count,  \
          bias ? bias + (h) : NULL, to + (h)*down * LANES)
        for (int h = 0; height == 16 && h < 16; h += TOGETHER) {
            if (down == 2)
                STRIP(TOGETHER, 2, 1, 16, h);
            else
                STRIP(TOGETHER, 1, 1, 16, h);
        }
        if (height == 4 && down == 2)
            STRIP(4, 2, 1, 4, 0);
        else if (height == 4)
            STRIP(4, 1, 2, 4, 0);
        else if (height == 1 && down == 1)
            STRIP(1, 1, 4, 1, 0);
        else if (height == 1 && down == 2)
            STRIP(1, 2, 4, 1, 0);
#if LANES < 16
        else if (height == 1 && down == 3)
            STRIP(1, 3, 2, 1, 0);
        else if (height == 1)
            STRIP(1, 4, 2, 1, 0);
#endif
#undef STRIP
    }
}

/* The sums of `outputs` outputs, [outputs][down * LANES], to y. */
static void put_sums(const struct work *w, const float *sums, int64_t down,
                     int64_t row, int64_t rows, int64_t output, int64_t outputs)
{
    const int64_t n = w->s->n;
    assay_vf v[LANES];
    for (int64_t d = 0; d < down; d++) {
        const int64_t here = least(rows - d * LANES, LANES);
        for (int64_t j = 0; j < outputs; j += LANES) {
            const int64_t left = least(outputs - j, LANES);
            float *y = w->y + (row + d * LANES) * n + output + j;
            for (int64_t i = 0; i < LANES; i++)
                v[i] = i < left
                           ? clamp(w, assay_vf_load(
                                          sums + ((j + i) * down + d) * LANES))
                           : (assay_vf){0};
            assay_vf_turn(v);
            for (int64_t i = 0; i < here; i++)
                if (left == LANES)
                    assay_vf_store(y + i * n, v[i]);
                else
                    assay_vf_store_part(y + i * n, left, v[i]);
        }
    }
    assay_act_finish(w->y + row * n + output, n, rows, outputs, w->s->act);
}

static void lists(const struct work *w)
{
    const struct assay_sparse *s = w->s;
    const struct assay_sparse_layout *l = w->l;
    const int64_t most = (l->height > 1 ? DOWN : DOWN_1) * LANES;
    const int64_t chunk = ASSAY_SPARSE_OUTPUTS / l->height;
    for (int64_t row = w->rows.begin; row < w->rows.end; row += most) {
        const int64_t rows = least(w->rows.end - row, most);
        const int64_t down = (rows + LANES - 1) / LANES;
        for (int64_t b = 0; b < l->blocks; b++) {
            const int64_t first = b * l->depth;
            const int64_t depth = least(s->k - first, l->depth);
            for (int64_t d = 0; d < down; d++)
                turn_rows(w, row + d * LANES, rows - d * LANES, first, depth,
                          w->turned + (first * down + d * depth) * LANES);
        }
        for (int64_t p = w->strips.begin; p < w->strips.end; p += chunk) {
            const struct assay_range range = {p,
                                              least(p + chunk, w->strips.end)};
            for (int64_t b = 0; b < l->blocks; b++) {
                const int64_t first = b * l->depth;
                strips(w, b, range, w->turned + first * down * LANES,
                       least(s->k - first, l->depth) * LANES, down, w->sums);
            }
            const int64_t output = p * l->height;
            put_sums(w, w->sums, down, row, rows, output,
                     least(range.end * l->height, s->n) - output);
        }
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_sparse *s = &call->problem->as.sparse;
    const char *packed = call->packed;
    struct assay_sparse_layout l;
    assay_sparse_layout(ASSAY_SPARSE_CPU, call->problem, &l);
    const bool few = l.height == 16 && s->m <= FEW_ROWS;
    const int64_t unit = few ? LANES : (l.height > 1 ? DOWN : DOWN_1) * LANES;
    const struct assay_sparse_share share = assay_sparse_split(call, &l, unit);
    if (share.rows.begin == share.rows.end ||
        share.strips.begin == share.strips.end)
        return;
    const struct work w = {
        .s = s,
        .l = &l,
        .x = call->inputs[0],
        .y = call->output,
        .turned = call->scratch,
        .sums = (float *)call->scratch +
                assay_round_up(s->k, 16) * ASSAY_SPARSE_ROWS,
        .bias = (const float *)(packed + l.bias),
        .weights = (const float *)(packed + l.weights),
        .begins = (const uint32_t *)(packed + l.begins),
        .columns = (const uint16_t *)(packed + l.columns),
        .low = assay_act_low(s->act),
        .high = assay_act_high(s->act),
        .rows = share.rows,
        .strips = share.strips,
    };
    if (few)
        panels(&w);
    else
        lists(&w);
}
