/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, by Winograd's F(4x4, 3x3) (conv2d_winograd.h) around the
 * register tile of gemm_f32_tile.h, which the including file chose. A block of
 * tiles at a time is transformed into V, multiplied place by place into M, and
 * transformed into y; V and M of a block stay in the second-level cache.
 * Threads share the tiles. Contract: conv2d.h. Deviation from the reference:
 * the rounding of the transforms, which enlarge it.
 */
#include "kernels/conv2d/conv2d_winograd.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

enum { IN = ASSAY_WINOGRAD_IN, OUT = ASSAY_WINOGRAD_OUT };

struct winograd {
    const struct assay_conv2d *d;
    int64_t out_h, out_w, down, across; /* outputs, tiles of an image */
    int64_t v_pitch, m_pitch, block;
    const float *x, *u, *bias, *zeros;
    float *y, *v, *m;
};

static inline tile_vec winograd_load(const float *from, int64_t n)
{
    tile_vec v = {0};
    if (n >= TILE_LANES)
        return *(const tile_vec *)from;
    memcpy(&v, from, (size_t)n * sizeof *from);
    return v;
}

/* B' of a line of six. */
static inline void winograd_in(const tile_vec d[IN], tile_vec t[IN])
{
    const float p = (float)ASSAY_WINOGRAD_P, q = (float)ASSAY_WINOGRAD_Q;
    const tile_vec a = d[4] - 2 * d[2], b = p * (d[3] - 2 * d[1]);
    const tile_vec e = d[4] - 0.5f * d[2], f = q * (d[3] - 0.5f * d[1]);
    t[0] = d[0] - 2.5f * d[2] + d[4];
    t[1] = a + b;
    t[2] = a - b;
    t[3] = e + f;
    t[4] = e - f;
    t[5] = d[1] - 2.5f * d[3] + d[5];
}

/* A' of a line of six. */
static inline void winograd_out(const tile_vec m[IN], tile_vec t[OUT])
{
    const float p = (float)ASSAY_WINOGRAD_P, q = (float)ASSAY_WINOGRAD_Q;
    const tile_vec a = m[1] + m[2], b = p * (m[1] - m[2]);
    const tile_vec e = m[3] + m[4], f = q * (m[3] - m[4]);
    t[0] = m[0] + a + e;
    t[1] = b + f;
    t[2] = 0.5f * a + 2 * e;
    t[3] = 0.5f * b + 2 * f + m[5];
}

/* Row `row` of V for tile number `tile`. */
static void winograd_transform_x(const struct winograd *w, int64_t tile,
                                 int64_t row)
{
    const struct assay_conv2d *d = w->d;
    const int64_t image = tile / (w->down * w->across);
    const int64_t top = tile / w->across % w->down * OUT - d->pad_top;
    const int64_t left = tile % w->across * OUT - d->pad_left;
    const float *at[ASSAY_WINOGRAD_PLACES];
    for (int64_t i = 0; i < IN; i++) {
        for (int64_t j = 0; j < IN; j++) {
            const int64_t h = top + i, v = left + j;
            const bool inside = h >= 0 && h < d->h && v >= 0 && v < d->w;
            at[i * IN + j] = inside
                                 ? w->x + ((image * d->h + h) * d->w + v) * d->c
                                 : w->zeros;
        }
    }
    for (int64_t c = 0; c < d->c; c += TILE_LANES) {
        tile_vec half[IN][IN];
        for (int j = 0; j < IN; j++) {
            tile_vec line[IN], t[IN];
            for (int i = 0; i < IN; i++)
                line[i] = winograd_load(at[i * IN + j] + c, d->c - c);
            winograd_in(line, t);
            for (int i = 0; i < IN; i++)
                half[i][j] = t[i];
        }
        float *to = w->v + row * w->v_pitch + c;
        for (int i = 0; i < IN; i++) {
            tile_vec t[IN];
            winograd_in(half[i], t);
            for (int j = 0; j < IN; j++)
                *(tile_vec *)(to + (i * IN + j) * w->block * w->v_pitch) = t[j];
        }
    }
}

/* M of `tiles` rows of V. */
static void winograd_multiply(const struct winograd *w, int64_t tiles)
{
    const int64_t zero = 0, panels = tile_pieces(w->d->k, TILE_N);
    const int64_t pieces = tile_pieces(tiles, TILE_M);
    const size_t panel = assay_dense_panel_floats(w->d->c, TILE_N);
    const float *rows[TILE_M];
    struct tile t = {.rows = rows,
                     .offsets = &zero,
                     .segments = 1,
                     .length = w->d->c,
                     .y_stride = w->m_pitch};
    tile_set_pass(&t, false, ASSAY_ACT_NONE);
    t.bias = w->u;
    for (int64_t place = 0; place < ASSAY_WINOGRAD_PLACES; place++) {
        const float *v = w->v + place * w->block * w->v_pitch;
        float *m = w->m + place * w->block * w->m_pitch;
        for (int64_t p = 0; p < panels; p++, t.bias += panel) {
            t.weights = t.bias + TILE_N;
            for (int64_t i = 0; i < pieces; i++) {
                const struct assay_range r =
                    assay_split(tiles, (size_t)pieces, (size_t)i);
                for (int64_t j = r.begin; j < r.end; j++)
                    rows[j - r.begin] = v + j * w->v_pitch;
                t.y = m + r.begin * w->m_pitch + p * TILE_N;
                tile_run(&t, r.end - r.begin, TILE_N);
            }
        }
    }
}

/* y of tile number `tile` from row `row` of M. */
static void winograd_transform_y(const struct winograd *w, int64_t tile,
                                 int64_t row)
{
    const struct assay_conv2d *d = w->d;
    const int64_t image = tile / (w->down * w->across);
    const int64_t top = tile / w->across % w->down * OUT;
    const int64_t left = tile % w->across * OUT;
    const int64_t height = w->out_h - top < OUT ? w->out_h - top : OUT;
    const int64_t width = w->out_w - left < OUT ? w->out_w - left : OUT;
    float *y = w->y + ((image * w->out_h + top) * w->out_w + left) * d->k;
    const tile_vec low = (tile_vec){0} + assay_act_low(d->act);
    const tile_vec high = (tile_vec){0} + assay_act_high(d->act);
    for (int64_t k = 0; k < d->k; k += TILE_LANES) {
        const float *from = w->m + row * w->m_pitch + k;
        const size_t n =
            (size_t)(d->k - k < TILE_LANES ? d->k - k : TILE_LANES);
        const tile_vec bias = *(const tile_vec *)(w->bias + k);
        tile_vec half[OUT][IN];
        for (int j = 0; j < IN; j++) {
            tile_vec line[IN], t[OUT];
            for (int i = 0; i < IN; i++)
                line[i] = *(const tile_vec *)(from + (i * IN + j) * w->block *
                                                         w->m_pitch);
            winograd_out(line, t);
            for (int i = 0; i < OUT; i++)
                half[i][j] = t[i];
        }
        for (int i = 0; i < height; i++) {
            tile_vec t[OUT];
            winograd_out(half[i], t);
            for (int j = 0; j < width; j++) {
                float *to = y + (i * w->out_w + j) * d->k + k;
                const tile_vec r = tile_min(high, tile_max(low, t[j] + bias));
                if (n == TILE_LANES)
                    *(tile_vec *)to = r;
                else
                    memcpy(to, &r, n * sizeof *to);
            }
        }
    }
    for (int64_t i = 0; i < height; i++)
        assay_act_finish(y + i * w->out_w * d->k, d->k, width, d->k, d->act);
}

static void conv2d_winograd(const struct assay_cpu_call *call)
{
    const struct assay_conv2d *d = &call->problem->as.conv2d;
    struct winograd w = {
        .d = d,
        .out_h = assay_conv2d_out_h(d),
        .out_w = assay_conv2d_out_w(d),
        .v_pitch = assay_winograd_v_pitch(d),
        .m_pitch = assay_winograd_m_pitch(d, TILE_N),
        .block = assay_winograd_block(d, TILE_M, TILE_N),
        .x = call->inputs[0],
        .u = call->packed,
        .y = call->output,
        .v = call->scratch,
    };
    w.down = tile_pieces(w.out_h, OUT);
    w.across = tile_pieces(w.out_w, OUT);
    w.bias = w.u + ASSAY_WINOGRAD_PLACES *
                       assay_dense_packed_floats(d->k, d->c, TILE_N);
    w.zeros = w.bias + w.m_pitch;
    w.m = w.v + ASSAY_WINOGRAD_PLACES * w.block * w.v_pitch;
    const struct assay_range mine =
        assay_split(assay_winograd_tiles(d), call->threads, call->thread);
    const int64_t blocks = tile_pieces(mine.end - mine.begin, w.block);
    for (int64_t b = 0; b < blocks; b++) {
        const struct assay_range r =
            assay_split(mine.end - mine.begin, (size_t)blocks, (size_t)b);
        for (int64_t i = r.begin; i < r.end; i++)
            winograd_transform_x(&w, mine.begin + i, i - r.begin);
        winograd_multiply(&w, r.end - r.begin);
        for (int64_t i = r.begin; i < r.end; i++)
            winograd_transform_y(&w, mine.begin + i, i - r.begin);
    }
}
