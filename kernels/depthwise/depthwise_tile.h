/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution with the channels across the vector (act_vector.h, as
 * wide as the including file's level), for every dtype. The includer defines
 *   depthwise_x, depthwise_w   elements of x, and of the packed weights
 *   depthwise_v                a vector of sums, inputs or weights
 *   depthwise_first(t, c)      what the sums of channels c … start from
 *   depthwise_load(t, x, n)    inputs; n < ASSAY_VF_LANES: the first n lanes
 *   depthwise_weight(w)        weights
 *   depthwise_add(sum, w, x)   sum + w x
 *   depthwise_put(t, y, v, c, n)   n ≤ ASSAY_VF_LANES outputs of channels c …
 *                              to element y of the output
 *   depthwise_begin(t, call)   set what of the tile is the dtype's own
 *   depthwise_finish(t, y, n, channels)   on n pixels from element y on
 *
 * A tile is a few neighbouring pixels of one output row and one vector of
 * channels. Widths 3 and 5 with stride 1 or 2 have tiles of their own: each
 * input vector is loaded once a kernel row and goes into every sum that it is
 * part of, so the multipliers are the limit. Rows outside the image are left
 * out, columns outside it read a vector that stands for zeros. Threads share
 * output rows (numbered through all images), channels or both (split.h).
 * Contract: depthwise.h; packed constants: depthwise_pack.h.
 */
#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

#define TILE_PIXELS 7 /* 7, 14, 28, 56 … are usual widths of images */
#define TILE_FEW 4

struct depthwise_tile {
    const struct assay_depthwise *d;
    const depthwise_x *image;
    const depthwise_w *weights;
    int64_t padded;     /* channels in a packed row */
    int64_t top, left;  /* place of the first tap of the first pixel */
    int64_t begin, end; /* kernel rows inside the image */
    int64_t y;          /* the first pixel's first element of the output */
    int64_t pixels;     /* to be stored */
    void *output;
    const void *head; /* packed before the weights */
    float low, high;  /* of the sums, in f32 and f16 */
    struct assay_requantize requantize;
    depthwise_x zeros[ASSAY_VF_LANES];
};

static void depthwise_begin(struct depthwise_tile *t,
                            const struct assay_cpu_call *call);
static void depthwise_finish(const struct depthwise_tile *t, int64_t y,
                             int64_t n, struct assay_range channels);
ASSAY_INLINE depthwise_v depthwise_first(const struct depthwise_tile *t,
                                         int64_t c);
ASSAY_INLINE depthwise_v depthwise_load(const struct depthwise_tile *t,
                                        const depthwise_x *x, int64_t n);
ASSAY_INLINE depthwise_v depthwise_weight(const depthwise_w *w);
ASSAY_INLINE depthwise_v depthwise_add(depthwise_v sum, depthwise_v w,
                                       depthwise_v x);
ASSAY_INLINE void depthwise_put(const struct depthwise_tile *t, int64_t y,
                                depthwise_v v, int64_t c, int64_t n);

/* Keeps the compiler from computing all addresses of a tile ahead, for which
 * there are not registers enough. */
ASSAY_INLINE const depthwise_x *depthwise_step(const depthwise_x *x,
                                               int64_t step)
{
    x += step;
    __asm__("" : "+r"(x));
    return x;
}

/* Where to read column `column`: at `x` unless it is outside the image. */
ASSAY_INLINE const depthwise_x *depthwise_at(const struct depthwise_tile *t,
                                             const depthwise_x *x,
                                             int64_t column)
{
    return column >= 0 && column < t->d->w ? x : t->zeros;
}

ASSAY_INLINE void depthwise_store(const struct depthwise_tile *t,
                                  int64_t channel, const depthwise_v *sum,
                                  int pixels, int64_t lanes)
{
    const int64_t stored = t->pixels, step = t->d->c;
    int64_t y = t->y + channel;
#pragma GCC unroll 8
    for (int i = 0; i < pixels; i++, y += step) {
        if (i >= stored)
            return;
        depthwise_put(t, y, sum[i], channel, lanes);
    }
}

/* A kernel row of s taps without dilation. s, stride, pixels, inside (all
 * columns are in the image) and part (of a vector of channels) are constants.
 */
ASSAY_INLINE void depthwise_row_tile(const struct depthwise_tile *t,
                                     int64_t channel, int s, int stride,
                                     int pixels, bool inside, bool part)
{
    const struct assay_depthwise *d = t->d;
    const int64_t step = d->c, width = d->w;
    const int64_t lanes = part ? step - channel : ASSAY_VF_LANES;
    const int64_t pitch = d->dil_h * width * step, padded = t->padded;
    const depthwise_w *w = t->weights + channel + t->begin * s * padded;
    const depthwise_x *row = t->image +
                             (t->top + t->begin * d->dil_h) * width * step +
                             t->left * step + channel;
    depthwise_v sum[TILE_PIXELS];
#pragma GCC unroll 8
    for (int i = 0; i < pixels; i++)
        sum[i] = depthwise_first(t, channel);
    for (int64_t r = t->end - t->begin; r > 0; r--, row += pitch) {
        depthwise_v weight[5];
#pragma GCC unroll 8
        for (int i = 0; i < s; i++, w += padded)
            weight[i] = depthwise_weight(w);
        const depthwise_x *x = row;
#pragma GCC unroll 32
        for (int j = 0; j < (pixels - 1) * stride + s; j++) {
            const depthwise_v v = depthwise_load(
                t, inside ? x : depthwise_at(t, x, t->left + j), lanes);
            x = depthwise_step(x, step);
#pragma GCC unroll 8
            for (int i = 0; i < s; i++)
                if (j >= i && (j - i) % stride == 0 &&
                    (j - i) / stride < pixels)
                    sum[(j - i) / stride] =
                        depthwise_add(sum[(j - i) / stride], weight[i], v);
        }
    }
    depthwise_store(t, channel, sum, pixels, lanes);
}

/* Any kernel; part (of a vector of channels) is a constant. */
ASSAY_INLINE void depthwise_any_tile(const struct depthwise_tile *t,
                                     int64_t channel, bool part)
{
    const struct assay_depthwise *d = t->d;
    const int64_t lanes = part ? d->c - channel : ASSAY_VF_LANES;
    const depthwise_w *w = t->weights + channel + t->begin * d->s * t->padded;
    depthwise_v sum[TILE_FEW];
#pragma GCC unroll 8
    for (int i = 0; i < TILE_FEW; i++)
        sum[i] = depthwise_first(t, channel);
    for (int64_t r = t->begin; r < t->end; r++) {
        const depthwise_x *row =
            t->image + (t->top + r * d->dil_h) * d->w * d->c + channel;
        for (int64_t s = 0; s < d->s; s++, w += t->padded) {
            const depthwise_v weight = depthwise_weight(w);
            int64_t column = t->left + s * d->dil_w;
#pragma GCC unroll 8
            for (int i = 0; i < TILE_FEW; i++, column += d->stride_w) {
                const depthwise_x *x =
                    depthwise_at(t, row + column * d->c, column);
                sum[i] =
                    depthwise_add(sum[i], weight, depthwise_load(t, x, lanes));
            }
        }
    }
    depthwise_store(t, channel, sum, TILE_FEW, lanes);
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

static void depthwise_run(const struct assay_cpu_call *call)
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
    const struct assay_window_axis axis = ASSAY_WINDOW_ROWS(d);
    struct depthwise_tile t = {.d = d,
                               .padded = assay_round_up(d->c, ASSAY_VF_LANES),
                               .output = call->output};
    depthwise_begin(&t, call);
    for (int64_t i = rows.begin; i < rows.end; i++) {
        const int64_t y = i * out_w * d->c;
        t.image = (const depthwise_x *)call->inputs[0] +
                  i / out_h * d->h * d->w * d->c;
        t.top = i % out_h * d->stride_h - d->pad_top;
        const struct assay_window_taps taps = assay_window_inside(axis, t.top);
        t.begin = taps.first;
        t.end = taps.end;
        for (int64_t q = 0; q < out_w; q += pixels) {
            t.left = q * d->stride_w - d->pad_left;
            t.y = y + q * d->c;
            t.pixels = out_w - q < pixels ? out_w - q : pixels;
            depthwise_tile_run(&t, pixels, channels);
        }
        depthwise_finish(&t, y, out_w, channels);
    }
}
