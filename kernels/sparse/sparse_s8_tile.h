/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, on the CPU, for vectors as wide as those of act_vector.h. The
 * including file defines KERNEL as its symbol. Contract: sparse.h and
 * quantized.h; packed weights: sparse_pack.h.
 *
 * Products are dot products of words, which hold GROUP neighbouring k of a row:
 * four bytes with VNNI, else two s16 (vpmaddwd, since vpmaddubsw saturates). A
 * tile's rows of x are turned first, so that one word of all rows lies side by
 * side: [k / GROUP][ROWS].
 *
 * Strips of 16 outputs: for each, the columns that it has are picked from the
 * turned rows into words of their own, again [.][ROWS]; these, broadcast, then
 * meet 16 weights each, and the sums lie along the outputs.
 *
 * Strips of four: an entry is GROUP-aligned in k, so the turned words serve as
 * they are; they meet broadcast weights, the sums lie along the rows and are
 * turned back.
 *
 * Threads share rows, strips or both (sparse_split.h). Rows beyond m are zeros
 * and are not stored. Sums wrap around; equal to the reference to the bit.
 */
#include <string.h>

#include "kernels/requantize.h"
#include "kernels/sparse/sparse_scratch.h"
#include "kernels/sparse/sparse_split.h"
#include "kernels/turn_vector.h"

assay_cpu_function KERNEL;

#define LANES ASSAY_VF_LANES
#define ROWS ASSAY_SPARSE_ROWS
#define ACROSS (16 / LANES)
#define PANEL_ROWS (LANES == 16 ? 16 : LANES == 8 ? 4 : 2)

#if defined(__AVX512VNNI__)
#define GROUP 4
#define USER ASSAY_SPARSE_CPU_VNNI
#define ELEMENT uint8_t
#else
#define GROUP 2
#define USER ASSAY_SPARSE_CPU
#define ELEMENT int16_t
#endif

struct work {
    const struct assay_sparse *s;
    const struct assay_sparse_layout *l;
    const int8_t *x;
    int32_t *turned, *picked;
    const int32_t *bias;
    const float *scale;
    const char *weights;
    const uint32_t *begins;
    const uint16_t *columns;
    struct assay_requantize requantize;
    void *y;
};

static inline int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* With VNNI, x is u8 and w s8. */
ASSAY_INLINE assay_vi dot(assay_vi sum, assay_vi x, assay_vi w)
{
#if defined(__AVX512VNNI__)
    return (assay_vi)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)x, (__m512i)w);
#elif defined(__AVX512BW__)
    return (assay_vi)_mm512_add_epi32(
        (__m512i)sum, _mm512_madd_epi16((__m512i)x, (__m512i)w));
#elif defined(__AVX2__)
    return (assay_vi)_mm256_add_epi32(
        (__m256i)sum, _mm256_madd_epi16((__m256i)x, (__m256i)w));
#elif defined(__SSE2__)
    return (assay_vi)_mm_add_epi32((__m128i)sum,
                                   _mm_madd_epi16((__m128i)x, (__m128i)w));
#else
    const assay_vu low = (assay_vu)((assay_vi)((assay_vu)x << 16) >> 16) *
                         (assay_vu)((assay_vi)((assay_vu)w << 16) >> 16);
    return (assay_vi)((assay_vu)sum + low +
                      (assay_vu)(x >> 16) * (assay_vu)(w >> 16));
#endif
}

/* LANES words of a row, from element k, `offset` added to its elements. */
ASSAY_INLINE assay_vf row_words(const int8_t *x, int64_t k, int64_t depth,
                                int offset)
{
    ELEMENT words[LANES * GROUP] = {0};
    const int64_t n = least(depth - k, LANES * GROUP);
    assay_vf v;
    if (n == LANES * GROUP)
        for (int64_t j = 0; j < LANES * GROUP; j++)
            words[j] = (ELEMENT)(x[k + j] + offset);
    else
        for (int64_t j = 0; j < n; j++)
            words[j] = (ELEMENT)(x[k + j] + offset);
    memcpy(&v, words, sizeof v);
    return v;
}

static void turn_rows(const struct work *w, int64_t row, int64_t rows)
{
    const int64_t k = w->s->k, words = (k + GROUP - 1) / GROUP;
    assay_vf v[LANES];
    for (int64_t r = 0; r < ROWS; r += LANES) {
        for (int64_t c = 0; c < words; c += LANES) {
            for (int64_t i = 0; i < LANES; i++)
                v[i] = r + i < rows ? row_words(w->x + (row + r + i) * k,
                                                c * GROUP, k, w->l->offset_x)
                                    : (assay_vf){0};
            assay_vf_turn(v);
            for (int64_t i = 0; i < least(words - c, LANES); i++)
                memcpy(w->turned + (c + i) * ROWS + r, &v[i], sizeof v[i]);
        }
    }
}

#if GROUP == 4
/* For vpshufb: byte b of each word to byte t, 0 to the others. */
#define MOVE(move)                                                             \
    {                                                                          \
        (move), (move) + 0x04040404, (move) + 0x08080808, (move) + 0x0c0c0c0c  \
    }
static const uint32_t moves[4][4][4] __attribute__((aligned(16))) = {
    {MOVE(0x80808000), MOVE(0x80808001), MOVE(0x80808002), MOVE(0x80808003)},
    {MOVE(0x80800080), MOVE(0x80800180), MOVE(0x80800280), MOVE(0x80800380)},
    {MOVE(0x80008080), MOVE(0x80018080), MOVE(0x80028080), MOVE(0x80038080)},
    {MOVE(0x00808080), MOVE(0x01808080), MOVE(0x02808080), MOVE(0x03808080)}};

/* The words of the elements at four columns, of two vectors of rows. */
ASSAY_INLINE void pick_words(const int32_t *turned, const uint16_t *columns,
                             assay_vi words[2])
{
    __m512i part[2][4];
#pragma GCC unroll 4
    for (int t = 0; t < 4; t++) {
        const int32_t *from = turned + columns[t] / 4 * ROWS;
        const __m512i move = _mm512_broadcast_i32x4(_mm_load_si128(
            (const __m128i *)(const void *)moves[t][columns[t] % 4]));
        part[0][t] = _mm512_shuffle_epi8(_mm512_loadu_si512(from), move);
        part[1][t] =
            _mm512_shuffle_epi8(_mm512_loadu_si512(from + LANES), move);
    }
#pragma GCC unroll 2
    for (int v = 0; v < 2; v++)
        words[v] =
            (assay_vi)_mm512_or_si512(_mm512_or_si512(part[v][0], part[v][1]),
                                      _mm512_or_si512(part[v][2], part[v][3]));
}
#else
/* The words of the elements at two columns, of two vectors of rows. */
ASSAY_INLINE void pick_words(const int32_t *turned, const uint16_t *columns,
                             assay_vi words[2])
{
    for (int v = 0; v < 2; v++) {
        const int32_t *from = turned + v * LANES;
        const assay_vu low =
            (assay_vu)assay_vi_load(from + columns[0] / 2 * ROWS);
        const assay_vu high =
            (assay_vu)assay_vi_load(from + columns[1] / 2 * ROWS);
        words[v] = (assay_vi)(low >> columns[0] % 2 * 16 << 16 >> 16 |
                              high >> columns[1] % 2 * 16 << 16);
    }
}
#endif

/* The words of a strip's columns, [count / GROUP][ROWS], and with VNNI what
 * offset_w adds to the sums of each row. */
static void pick(const struct work *w, const uint16_t *columns, int64_t count,
                 int64_t rows, int32_t *added)
{
    for (int64_t r = 0; r < rows; r += 2 * LANES) {
        assay_vi sum[2] = {{0}}, words[2];
        for (int64_t c = 0; c < count; c += GROUP) {
            pick_words(w->turned + r, columns + c, words);
#pragma GCC unroll 2
            for (int v = 0; v < 2; v++) {
                assay_vi_store(w->picked + c / GROUP * ROWS + r + v * LANES,
                               words[v]);
                if (GROUP == 4)
                    sum[v] = dot(sum[v], (assay_vi)((assay_vu){0} + 0x80808080),
                                 words[v]);
            }
        }
        assay_vi_store(added + r, sum[0]);
        assay_vi_store(added + r + LANES, sum[1]);
    }
}

/* Sums of `rows` rows by 16 outputs from x [steps][ROWS], less what was added
 * to each row, to sums [rows][16];
 * `parts` sums each where rows alone would leave the multipliers waiting. rows
 * and parts are constants where inlined. */
ASSAY_INLINE void panel(int rows, int parts, const int32_t *x,
                        const int32_t *weights, int64_t steps,
                        const int32_t *bias, const int32_t *added,
                        int32_t *sums)
{
    assay_vi sum[4][PANEL_ROWS][ACROSS];
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (int v = 0; v < ACROSS; v++) {
            sum[0][i][v] =
                (assay_vi)((assay_vu)assay_vi_load(bias + v * LANES) -
                           (uint32_t)added[i]);
#pragma GCC unroll 4
            for (int p = 1; p < parts; p++)
                sum[p][i][v] = (assay_vi){0};
        }
    int64_t e = 0;
    for (; e + parts <= steps; e += parts)
#pragma GCC unroll 4
        for (int p = 0; p < parts; p++) {
            assay_vi b[ACROSS];
#pragma GCC unroll 4
            for (int v = 0; v < ACROSS; v++)
                b[v] = assay_vi_load(weights + (e + p) * 16 + v * LANES);
#pragma GCC unroll 16
            for (int i = 0; i < rows; i++) {
                const assay_vi a = assay_vi_set(x[(e + p) * ROWS + i]);
#pragma GCC unroll 4
                for (int v = 0; v < ACROSS; v++)
                    sum[p][i][v] = dot(sum[p][i][v], b[v], a);
            }
        }
    for (; parts > 1 && e < steps; e++)
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
            for (int v = 0; v < ACROSS; v++)
                sum[0][i][v] = dot(sum[0][i][v],
                                   assay_vi_load(weights + e * 16 + v * LANES),
                                   assay_vi_set(x[e * ROWS + i]));
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (int v = 0; v < ACROSS; v++) {
#pragma GCC unroll 4
            for (int p = 1; p < parts; p++)
                sum[0][i][v] =
                    (assay_vi)((assay_vu)sum[0][i][v] + (assay_vu)sum[p][i][v]);
            assay_vi_store(sums + i * 16 + v * LANES, sum[0][i][v]);
        }
}

static void panel_strip(const struct work *w, int64_t strip, int64_t row,
                        int64_t rows)
{
    const int64_t entry = w->begins[strip];
    const int64_t count = (w->begins[strip + 1] - entry) * 4;
    const int32_t *weights =
        (const int32_t *)(const void *)w->weights + entry * (4 / GROUP) * 16;
    int32_t sums[PANEL_ROWS * 16] __attribute__((aligned(64)));
    int32_t added[ROWS] __attribute__((aligned(64)));
    pick(w, w->columns + entry * 4, count, rows, added);
    for (int64_t i = 0; i < rows; i += PANEL_ROWS) {
        const int64_t some = least(rows - i, PANEL_ROWS);
#define PANEL(tile, parts)                                                     \
    panel(tile, parts, w->picked + i, weights, count / GROUP,                  \
          w->bias + strip * 16, added + i, sums)
        if (some == 1)
            PANEL(1, 4);
        else if (some == 2)
            PANEL(2, LANES == 16 ? 4 : 2);
#if LANES >= 8
        else if (some <= 4)
            PANEL(4, LANES == 16 ? 2 : 1);
#endif
#if LANES == 16
        else if (some <= 8)
            PANEL(8, 1);
        else
            PANEL(16, 1);
#endif
#undef PANEL
        for (int64_t j = 0; j < some; j++)
            assay_requantize_row(&w->requantize, sums + j * 16,
                                 w->scale + strip * 16, w->y,
                                 (row + i + j) * w->s->n + strip * 16,
                                 least(w->s->n - strip * 16, 16));
    }
}

/* Sums of four outputs by two vectors of rows, to sums [4][ROWS]. */
static void strip_of_four(const struct work *w, int64_t strip, int64_t r,
                          int32_t *sums)
{
    const int32_t *bias = w->bias + strip * 4;
    const int32_t *weights = (const int32_t *)(const void *)w->weights;
    assay_vi sum[4][2];
#pragma GCC unroll 4
    for (int h = 0; h < 4; h++)
        sum[h][0] = sum[h][1] = assay_vi_set(bias[h]);
    for (int64_t e = w->begins[strip]; e < w->begins[strip + 1]; e++) {
#pragma GCC unroll 2
        for (int t = 0; t < 4 / GROUP; t++) {
            const int64_t word = w->columns[e] * (4 / GROUP) + t;
            const int32_t *x = w->turned + word * ROWS + r;
            const assay_vi a = assay_vi_load(x), b = assay_vi_load(x + LANES);
#pragma GCC unroll 4
            for (int h = 0; h < 4; h++) {
                const assay_vi v =
                    assay_vi_set(weights[(e * (4 / GROUP) + t) * 4 + h]);
                sum[h][0] = dot(sum[h][0], a, v);
                sum[h][1] = dot(sum[h][1], b, v);
            }
        }
    }
#pragma GCC unroll 4
    for (int h = 0; h < 4; h++) {
        assay_vi_store(sums + h * ROWS + r, sum[h][0]);
        assay_vi_store(sums + h * ROWS + r + LANES, sum[h][1]);
    }
}

/* Up to four strips of four outputs, from `strip`, a multiple of four. */
static void strips_of_four(const struct work *w, int64_t strip, int64_t end,
                           int64_t row, int64_t rows)
{
    int32_t sums[16 * ROWS] __attribute__((aligned(64))) = {0};
    int32_t turned[LANES * 16] __attribute__((aligned(64)));
    const int64_t output = strip * 4, outputs = least(w->s->n - output, 16);
    assay_vf v[LANES];
    for (int64_t p = strip; p < end; p++)
        for (int64_t r = 0; r < rows; r += 2 * LANES)
            strip_of_four(w, p, r, sums + (p - strip) * 4 * ROWS);
    for (int64_t r = 0; r < rows; r += LANES) {
        for (int64_t j = 0; j < 16; j += LANES) {
            for (int64_t i = 0; i < LANES; i++)
                memcpy(&v[i], sums + (j + i) * ROWS + r, sizeof v[i]);
            assay_vf_turn(v);
            for (int64_t i = 0; i < LANES; i++)
                memcpy(turned + i * 16 + j, &v[i], sizeof v[i]);
        }
        for (int64_t i = 0; i < least(rows - r, LANES); i++)
            assay_requantize_row(&w->requantize, turned + i * 16,
                                 w->scale + output, w->y,
                                 (row + r + i) * w->s->n + output, outputs);
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_sparse *s = &call->problem->as.sparse;
    const char *packed = call->packed;
    struct assay_sparse_layout l;
    assay_sparse_layout(USER, call->problem, &l);
    const struct assay_sparse_share share = assay_sparse_split(call, &l, ROWS);
    const struct work w = {
        .s = s,
        .l = &l,
        .x = call->inputs[0],
        .turned = call->scratch,
        .picked =
            (int32_t *)call->scratch + ROWS * assay_round_up(s->k / 2 + 2, 16),
        .bias = (const int32_t *)(const void *)(packed + l.bias),
        .scale = (const float *)(const void *)(packed + l.scale),
        .weights = packed + l.weights,
        .begins = (const uint32_t *)(const void *)(packed + l.begins),
        .columns = (const uint16_t *)(const void *)(packed + l.columns),
        .requantize = assay_requantize_make(call->problem->dtype, &s->q),
        .y = call->output,
    };
    if (share.strips.begin == share.strips.end)
        return;
    for (int64_t row = share.rows.begin; row < share.rows.end; row += ROWS) {
        const int64_t rows = least(share.rows.end - row, ROWS);
        turn_rows(&w, row, rows);
        if (l.height == 16)
            for (int64_t p = share.strips.begin; p < share.strips.end; p++)
                panel_strip(&w, p, row, rows);
        else
            for (int64_t p = share.strips.begin; p < share.strips.end; p += 4)
                strips_of_four(&w, p, least(p + 4, share.strips.end), row,
                               rows);
    }
}
