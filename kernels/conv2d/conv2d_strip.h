/* SPDX-License-Identifier: Apache-2.0
 *
 * Strips: output rows that a thread computes at once, and their input. Output
 * rows are numbered through all images, 0 … n*out_h. The input rows of a strip
 * are used where they are if no window leaves the image; otherwise they are
 * copied into scratch with zeros around, so that the tile needs no bounds.
 * A strip's input fits the second-level cache beside the weights.
 */
#ifndef ASSAY_KERNELS_CONV2D_STRIP_H
#define ASSAY_KERNELS_CONV2D_STRIP_H

#include <string.h>

#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/dense/dense_scratch.h"

#define ASSAY_CONV2D_STRIP_FLOATS ((int64_t)64 * 1024)
#define ASSAY_CONV2D_STRIP_ROWS 64 /* output rows, at most */

struct assay_conv2d_strips {
    bool copied;
    int64_t out_h, out_w;
    int64_t span_h;     /* input rows of one output row */
    int64_t pitch;      /* floats from one input row to the next */
    int64_t input_rows; /* of a strip, at most */
};

static inline struct assay_conv2d_strips
assay_conv2d_strips(const struct assay_conv2d *d)
{
    struct assay_conv2d_strips s = {.out_h = assay_conv2d_out_h(d),
                                    .out_w = assay_conv2d_out_w(d),
                                    .span_h = (d->r - 1) * d->dil_h + 1};
    const int64_t below = (s.out_h - 1) * d->stride_h + s.span_h;
    const int64_t across =
        (s.out_w - 1) * d->stride_w + (d->s - 1) * d->dil_w + 1;
    s.copied = d->pad_top || d->pad_left || below > d->h || across > d->w;
    s.pitch = (s.copied ? across : d->w) * d->c;
    s.input_rows = ASSAY_CONV2D_STRIP_FLOATS / s.pitch;
    if (s.input_rows > d->n * below)
        s.input_rows = d->n * below;
    if (s.input_rows < s.span_h)
        s.input_rows = s.span_h;
    return s;
}

/* Room for the offsets of all taps, in whole cache lines. */
static inline int64_t assay_conv2d_offsets(const struct assay_conv2d *d)
{
    return assay_round_up(d->r * d->s, 8);
}

/* One thread's scratch: the strip's input, one tile's rows (dense_scratch.h)
 * and an offset for each tap. */
static inline size_t assay_conv2d_scratch_bytes(const struct assay_conv2d *d)
{
    const struct assay_conv2d_strips s = assay_conv2d_strips(d);
    size_t floats = ASSAY_DENSE_SCRATCH_FLOATS;
    if (s.copied)
        floats += (size_t)(s.input_rows * s.pitch);
    return (size_t)assay_conv2d_offsets(d) * sizeof(int64_t) +
           floats * sizeof(float);
}

struct assay_conv2d_strip {
    int64_t first, rows; /* output rows */
    /* Of each output row, the first tap of its first window. */
    const float *base[ASSAY_CONV2D_STRIP_ROWS];
};

/* Copy input rows `first` to `first + rows` of an image, counted from the top
 * of the padding. */
static inline void assay_conv2d_copy(const struct assay_conv2d *d,
                                     const struct assay_conv2d_strips *s,
                                     const float *image, int64_t first,
                                     int64_t rows, float *to)
{
    const int64_t left =
        d->pad_left * d->c < s->pitch ? d->pad_left * d->c : s->pitch;
    const int64_t room = s->pitch - left;
    const int64_t inside = d->w * d->c < room ? d->w * d->c : room;
    for (int64_t i = first - d->pad_top; i < first - d->pad_top + rows; i++) {
        if (i < 0 || i >= d->h) {
            memset(to, 0, (size_t)s->pitch * sizeof *to);
        } else {
            memset(to, 0, (size_t)left * sizeof *to);
            memcpy(to + left, image + i * d->w * d->c,
                   (size_t)inside * sizeof *to);
            memset(to + left + inside, 0, (size_t)(room - inside) * sizeof *to);
        }
        to += s->pitch;
    }
}

/* The strip that begins at output row `begin` and ends at `end` or before it;
 * its input is copied to `to` if need be. */
static inline void assay_conv2d_strip_open(const struct assay_conv2d *d,
                                           const struct assay_conv2d_strips *s,
                                           const float *x, int64_t begin,
                                           int64_t end, float *to,
                                           struct assay_conv2d_strip *strip)
{
    int64_t left = s->input_rows;
    strip->first = begin;
    strip->rows = 0;
    while (begin < end && strip->rows < ASSAY_CONV2D_STRIP_ROWS &&
           left >= s->span_h) {
        /* As many output rows of one image as fit. */
        const int64_t p = begin % s->out_h;
        int64_t rows = (left - s->span_h) / d->stride_h + 1;
        if (rows > s->out_h - p)
            rows = s->out_h - p;
        if (rows > end - begin)
            rows = end - begin;
        if (rows > ASSAY_CONV2D_STRIP_ROWS - strip->rows)
            rows = ASSAY_CONV2D_STRIP_ROWS - strip->rows;
        const float *image = x + begin / s->out_h * d->h * d->w * d->c;
        const int64_t input = (rows - 1) * d->stride_h + s->span_h;
        const float *from = image + p * d->stride_h * s->pitch;
        if (s->copied) {
            assay_conv2d_copy(d, s, image, p * d->stride_h, input, to);
            from = to;
            to += input * s->pitch;
        }
        for (int64_t i = 0; i < rows; i++)
            strip->base[strip->rows++] = from + i * d->stride_h * s->pitch;
        left -= input;
        begin += rows;
    }
}

#endif
