/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, with the channels across the vector
 * (act_vector.h, as wide as the including file's level).
 *
 * A tile is a few neighbouring pixels of one output row and one vector of
 * channels. Widths 3 and 5 with stride 1 or 2 have tiles of their own: each
 * input vector is loaded once a kernel row and goes into every sum that it is
 * part of, so the multipliers are the limit. Rows outside the image are left
 * out, columns outside it read a vector of zeros. Threads share output rows
 * (numbered through all images), channels or both (split.h).
 * Contract: depthwise.h; packed constants: depthwise_pack.h.
 */
#include "kernels/act_finish.h"
#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

#define TILE_PIXELS 7 /* 7, 14, 28, 56 … are usual widths of images */
#define TILE_FEW 4

struct depthwise_tile {
    const struct assay_depthwise *d;
    const float *image;
    const float *packed;
    int64_t padded;     /* channels in a packed row */
    int64_t top, left;  /* place of the first tap of the first pixel */
    int64_t begin, end; /* kernel rows inside the image */
    float *y;           /* the first pixel */
    int64_t pixels;     /* to be stored */
    int64_t channel;    /* the first one */
    float low, high;
};

static const float depthwise_zeros[ASSAY_VF_LANES];

/* Keeps the compiler from computing all addresses of a tile ahead, for which
 * there are not registers enough. */
ASSAY_INLINE const float *depthwise_step(const float *x, int64_t step)
{
    x += step;
    __asm__("" : "+r"(x));
    return x;
}

/* Where to read column `column`: at `x` unless it is outside the image. */
ASSAY_INLINE const float *depthwise_at(const float *x, int64_t column,
                                       int64_t width)
{
    return column >= 0 && column < width ? x : depthwise_zeros;
}

ASSAY_INLINE void depthwise_store(const struct depthwise_tile *t,
                                  int64_t channel, const assay_vf *sum,
                                  int pixels, int64_t lanes, bool part)
{
    const int64_t stored = t->pixels, step = t->d->c;
    const assay_vf low = assay_vf_set(t->low), high = assay_vf_set(t->high);
    float *y = t->y + channel;
#pragma GCC unroll 8
    for (int i = 0; i < pixels; i++, y += step) {
        const assay_vf v = assay_vf_min(high, assay_vf_max(low, sum[i]));
        if (i >= stored)
            return;
        if (part)
            assay_vf_store_part(y, lanes, v);
        else
            assay_vf_store(y, v);
    }
}

ASSAY_INLINE assay_vf depthwise_load(const float *x, int64_t lanes, bool part)
{
    return part ? assay_vf_load_part(x, lanes, 0) : assay_vf_load(x);
}

/* A kernel row of s taps without dilation. s, stride, pixels, inside (all
 * columns are in the image) and part (of a vector of channels) are constants.
 */
ASSAY_INLINE void depthwise_row_tile(const struct depthwise_tile *t,
                                     int64_t channel, int s, int stride,
                                     int pixels, bool inside, bool part)
{
    const struct assay_depthwise *d = t->d;
    const int64_t step = d->c, width = d->w, lanes = step - channel;
    const int64_t pitch = d->dil_h * width * step, padded = t->padded;
    const float *w = t->packed + channel;
    const float *row = t->image +
                       (t->top + t->begin * d->dil_h) * width * step +
                       t->left * step + channel;
    assay_vf sum[TILE_PIXELS];
#pragma GCC unroll 8
    for (int i = 0; i < pixels; i++)
        sum[i] = assay_vf_load(w);
    w += (1 + t->begin * s) * padded;
    for (int64_t r = t->end - t->begin; r > 0; r--, row += pitch) {
        assay_vf weight[5];
#pragma GCC unroll 8
        for (int i = 0; i < s; i++, w += padded)
            weight[i] = assay_vf_load(w);
        const float *x = row;
#pragma GCC unroll 32
        for (int j = 0; j < (pixels - 1) * stride + s; j++) {
            const assay_vf v = depthwise_load(
                inside ? x : depthwise_at(x, t->left + j, width), lanes, part);
            x = depthwise_step(x, step);
#pragma GCC unroll 8
            for (int i = 0; i < s; i++)
                if (j >= i && (j - i) % stride == 0 &&
                    (j - i) / stride < pixels)
                    sum[(j - i) / stride] += weight[i] * v;
        }
    }
    depthwise_store(t, channel, sum, pixels, lanes, part);
}

/* Any kernel; part (of a vector of channels) is a constant. */
ASSAY_INLINE void depthwise_any_tile(const struct depthwise_tile *t,
                                     int64_t channel, bool part)
{
    const struct assay_depthwise *d = t->d;
    const int64_t lanes = d->c - channel;
    const float *w = t->packed + channel;
    assay_vf sum[TILE_FEW];
#pragma GCC unroll 8
    for (int i = 0; i < TILE_FEW; i++)
        sum[i] = assay_vf_load(w);
    w += (1 + t->begin * d->s) * t->padded;
    for (int64_t r = t->begin; r < t->end; r++) {
        const float *row =
            t->image + (t->top + r * d->dil_h) * d->w * d->c + channel;
        for (int64_t s = 0; s < d->s; s++, w += t->padded) {
            const assay_vf weight = assay_vf_load(w);
            int64_t column = t->left + s * d->dil_w;
#pragma GCC unroll 8
            for (int i = 0; i < TILE_FEW; i++, column += d->stride_w) {
                const float *x =
                    depthwise_at(row + column * d->c, column, d->w);
                sum[i] += weight * depthwise_load(x, lanes, part);
            }
        }
    }
    depthwise_store(t, channel, sum, TILE_FEW, lanes, part);
}

/* The channels after the last whole vector, a few pixels at a time. */
static void depthwise_rest(const struct depthwise_tile *t, int64_t channel)
{
    struct depthwise_tile few = *t;
    for (; few.pixels > 0; few.pixels -= TILE_FEW) {
        depthwise_any_tile(&few, channel, true);
        few.left += TILE_FEW * t->d->stride_w;
        few.y += TILE_FEW * t->d->c;
    }
}

/* The tile for channels `begin` to `end`; its shape is constant where inlined.
 */
ASSAY_INLINE void depthwise_channels(const struct depthwise_tile *t,
                                     struct assay_range range, int s,
                                     int stride, int pixels)
{
    int64_t i = range.begin;
    const int64_t whole = range.end - ASSAY_VF_LANES;
    if (t->left >= 0 && t->left + (pixels - 1) * stride + s <= t->d->w)
        for (; i <= whole; i += ASSAY_VF_LANES)
            depthwise_row_tile(t, i, s, stride, pixels, true, false);
    else
        for (; i <= whole; i += ASSAY_VF_LANES)
            depthwise_row_tile(t, i, s, stride, pixels, false, false);
    if (i >= range.end)
        return;
        /* Without masked loads, a part of a vector is too much code to have in
         * every tile. */
#ifdef __AVX512F__
    depthwise_row_tile(t, i, s, stride, pixels, false, true);
#else
    depthwise_rest(t, i);
#endif
}

static void depthwise_any_channels(const struct depthwise_tile *t,
                                   struct assay_range range)
{
    int64_t i = range.begin;
    for (; i <= range.end - ASSAY_VF_LANES; i += ASSAY_VF_LANES)
        depthwise_any_tile(t, i, false);
    if (i < range.end)
        depthwise_rest(t, i);
}

/* Pixels of a tile in an image of that width. */
static int64_t depthwise_pixels(const struct assay_depthwise *d, int64_t out_w)
{
    const bool row =
        d->dil_w == 1 && (d->s == 3 || d->s == 5) && d->stride_w <= 2;
    const int64_t many = (out_w + TILE_PIXELS - 1) / TILE_PIXELS * TILE_PIXELS;
    const int64_t few = (out_w + TILE_FEW - 1) / TILE_FEW * TILE_FEW;
    return row && many <= few ? TILE_PIXELS : TILE_FEW;
}

static void depthwise_tile_run(const struct depthwise_tile *t, int64_t pixels,
                               struct assay_range channels)
{
    const struct assay_depthwise *d = t->d;
    if (d->dil_w != 1 || (d->s != 3 && d->s != 5) || d->stride_w > 2) {
        depthwise_any_channels(t, channels);
        return;
    }
    switch (d->s * 100 + d->stride_w * 10 + pixels) {
    case 310 + TILE_PIXELS:
        depthwise_channels(t, channels, 3, 1, TILE_PIXELS);
        break;
    case 310 + TILE_FEW:
        depthwise_channels(t, channels, 3, 1, TILE_FEW);
        break;
    case 320 + TILE_PIXELS:
        depthwise_channels(t, channels, 3, 2, TILE_PIXELS);
        break;
    case 320 + TILE_FEW:
        depthwise_channels(t, channels, 3, 2, TILE_FEW);
        break;
    case 510 + TILE_PIXELS:
        depthwise_channels(t, channels, 5, 1, TILE_PIXELS);
        break;
    case 510 + TILE_FEW:
        depthwise_channels(t, channels, 5, 1, TILE_FEW);
        break;
    case 520 + TILE_PIXELS:
        depthwise_channels(t, channels, 5, 2, TILE_PIXELS);
        break;
    case 520 + TILE_FEW:
        depthwise_channels(t, channels, 5, 2, TILE_FEW);
        break;
    }
}

/* The first tap at or after the image's beginning, for a window at `at`. */
static int64_t depthwise_first(int64_t at, int64_t dilation)
{
    return at < 0 ? (-at + dilation - 1) / dilation : 0;
}

static void depthwise_f32(const struct assay_cpu_call *call)
{
    const struct assay_depthwise *d = &call->problem->as.depthwise;
    const int64_t out_h = assay_depthwise_out_h(d);
    const int64_t out_w = assay_depthwise_out_w(d);
    const int64_t blocks = (d->c + ASSAY_VF_LANES - 1) / ASSAY_VF_LANES;
    const struct assay_grid grid =
        assay_grid_choose(call->threads,
                          (struct assay_axis){.units = d->n * out_h,
                                              .size = 1,
                                              .total = d->n * out_h,
                                              .least = 1,
                                              .reads = 1},
                          (struct assay_axis){.units = blocks,
                                              .size = 1,
                                              .total = blocks,
                                              .least = 1,
                                              .reads = d->r});
    if (call->thread >= grid.rows * grid.columns)
        return;
    const struct assay_range rows =
        assay_split(d->n * out_h, grid.rows, call->thread / grid.columns);
    const struct assay_range channels = assay_split_units(
        d->c, ASSAY_VF_LANES, grid.columns, call->thread % grid.columns);
    const int64_t pixels = depthwise_pixels(d, out_w);
    struct depthwise_tile t = {.d = d,
                               .packed = call->packed,
                               .padded = assay_round_up(d->c, ASSAY_VF_LANES),
                               .low = assay_act_low(d->act),
                               .high = assay_act_high(d->act)};
    for (int64_t i = rows.begin; i < rows.end; i++) {
        float *y = (float *)call->output + i * out_w * d->c;
        t.image =
            (const float *)call->inputs[0] + i / out_h * d->h * d->w * d->c;
        t.top = i % out_h * d->stride_h - d->pad_top;
        t.begin = depthwise_first(t.top, d->dil_h);
        t.end = t.top >= d->h ? 0 : (d->h - t.top - 1) / d->dil_h + 1;
        t.end = t.end < d->r ? t.end : d->r;
        for (int64_t q = 0; q < out_w; q += pixels) {
            t.left = q * d->stride_w - d->pad_left;
            t.y = y + q * d->c;
            t.pixels = out_w - q < pixels ? out_w - q : pixels;
            depthwise_tile_run(&t, pixels, channels);
        }
        assay_act_finish(y + channels.begin, d->c, out_w,
                         channels.end - channels.begin, d->act);
    }
}
