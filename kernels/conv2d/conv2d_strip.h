/* SPDX-License-Identifier: Apache-2.0
 *
 * Strips: output rows that a thread computes at once, and their input. Output
 * rows are numbered through all images, 0 … n*out_h. The input rows of a strip
 * are used where they are if no window leaves the image and the row multiplies
 * x as it is; otherwise they are copied into scratch, converted, with zeros
 * (whatever stands for 0) around, so that the tile needs no bounds. A strip's
 * input fits the second-level cache beside the weights.
 */
#ifndef ASSAY_KERNELS_CONV2D_STRIP_H
#define ASSAY_KERNELS_CONV2D_STRIP_H

#include <string.h>

#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/dense/dense_scratch.h"

#define ASSAY_CONV2D_STRIP_BYTES ((int64_t)256 * 1024)
#define ASSAY_CONV2D_STRIP_ROWS 64 /* output rows, at most */
/* A tile may read whole words where the last segment ends. */
#define ASSAY_CONV2D_STRIP_TAIL 64

/* The elements of a strip. */
struct assay_conv2d_elements {
    int64_t pixel; /* of a pixel: c; b1: c/32, words */
    int64_t bytes; /* of an element in the strip */
    int64_t from;  /* of an element in x */
    bool convert;  /* the strip has not x as it is */
};

/* f32 and b1 as they are, f16 as f32, s8 as bytes for dot products or s16. */
static inline struct assay_conv2d_elements
assay_conv2d_elements(const struct assay_row *row, const struct assay_conv2d *d)
{
    const bool four = (row->isa & (ASSAY_ISA_VNNI | ASSAY_ISA_NEON_DOT)) != 0;
    switch (row->dtype) {
    case ASSAY_F16:
        return (struct assay_conv2d_elements){d->c, 4, 2, true};
    case ASSAY_S8:
        return (struct assay_conv2d_elements){d->c, four ? 1 : 2, 1, true};
    case ASSAY_B1:
        return (struct assay_conv2d_elements){d->c / 32, 4, 4, false};
    default:
        return (struct assay_conv2d_elements){d->c, 4, 4, false};
    }
}

struct assay_conv2d_strips {
    struct assay_conv2d_elements elements;
    bool copied;
    int64_t out_h, out_w;
    int64_t span_h;     /* input rows of one output row */
    int64_t pitch;      /* elements from one input row to the next */
    int64_t input_rows; /* of a strip, at most */
};

static inline struct assay_conv2d_strips
assay_conv2d_strips(const struct assay_conv2d *d,
                    struct assay_conv2d_elements elements)
{
    struct assay_conv2d_strips s = {.elements = elements,
                                    .out_h = assay_conv2d_out_h(d),
                                    .out_w = assay_conv2d_out_w(d),
                                    .span_h = (d->r - 1) * d->dil_h + 1};
    const int64_t below = (s.out_h - 1) * d->stride_h + s.span_h;
    const int64_t across =
        (s.out_w - 1) * d->stride_w + (d->s - 1) * d->dil_w + 1;
    s.copied = elements.convert || d->pad_top || d->pad_left || below > d->h ||
               across > d->w;
    s.pitch = (s.copied ? across : d->w) * elements.pixel;
    s.input_rows = ASSAY_CONV2D_STRIP_BYTES / elements.bytes / s.pitch;
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

/* One thread's scratch: one tile's rows (dense_scratch.h), an offset for each
 * tap, and the strip's input. */
static inline size_t assay_conv2d_scratch_bytes(const struct assay_row *row,
                                                const struct assay_conv2d *d)
{
    const struct assay_conv2d_strips s =
        assay_conv2d_strips(d, assay_conv2d_elements(row, d));
    size_t bytes = ASSAY_DENSE_SCRATCH_FLOATS * sizeof(float) +
                   (size_t)assay_conv2d_offsets(d) * sizeof(int64_t);
    if (s.copied)
        bytes += (size_t)(s.input_rows * s.pitch * s.elements.bytes) +
                 ASSAY_CONV2D_STRIP_TAIL;
    return bytes;
}

struct assay_conv2d_strip {
    int64_t first, rows; /* output rows */
    /* Of each output row, the first tap of its first window. */
    const char *base[ASSAY_CONV2D_STRIP_ROWS];
};

/* How a row fills a strip: n elements from those of x, or n of what stands for
 * 0 there. */
struct assay_conv2d_filler {
    void (*take)(void *to, const void *from, int64_t n);
    void (*zero)(void *to, int64_t n, const struct assay_conv2d *d);
};

/* Copy input rows `first` to `first + rows` of an image, counted from the top
 * of the padding. */
static inline void assay_conv2d_copy(const struct assay_conv2d *d,
                                     const struct assay_conv2d_strips *s,
                                     const struct assay_conv2d_filler *filler,
                                     const char *image, int64_t first,
                                     int64_t rows, char *to)
{
    const struct assay_conv2d_elements e = s->elements;
    const int64_t width = d->w * e.pixel;
    const int64_t left =
        d->pad_left * e.pixel < s->pitch ? d->pad_left * e.pixel : s->pitch;
    const int64_t room = s->pitch - left;
    const int64_t inside = width < room ? width : room;
    for (int64_t i = first - d->pad_top; i < first - d->pad_top + rows; i++) {
        if (i < 0 || i >= d->h) {
            filler->zero(to, s->pitch, d);
        } else {
            filler->zero(to, left, d);
            filler->take(to + left * e.bytes, image + i * width * e.from,
                         inside);
            filler->zero(to + (left + inside) * e.bytes, room - inside, d);
        }
        to += s->pitch * e.bytes;
    }
}

/* The strip that begins at output row `begin` and ends at `end` or before it;
 * its input is copied to `to` if need be. */
static inline void assay_conv2d_strip_open(
    const struct assay_conv2d *d, const struct assay_conv2d_strips *s,
    const struct assay_conv2d_filler *filler, const void *x, int64_t begin,
    int64_t end, void *scratch, struct assay_conv2d_strip *strip)
{
    const struct assay_conv2d_elements e = s->elements;
    int64_t left = s->input_rows;
    char *to = scratch;
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
        const char *image =
            (const char *)x + begin / s->out_h * d->h * d->w * e.pixel * e.from;
        const int64_t input = (rows - 1) * d->stride_h + s->span_h;
        const int64_t pitch = s->pitch * e.bytes;
        const char *from = image + p * d->stride_h * pitch;
        if (s->copied) {
            assay_conv2d_copy(d, s, filler, image, p * d->stride_h, input, to);
            from = to;
            to += input * pitch;
        }
        for (int64_t i = 0; i < rows; i++)
            strip->base[strip->rows++] = from + i * d->stride_h * pitch;
        left -= input;
        begin += rows;
    }
}

/* The filler of rows that multiply x as it is, in elements of 4 bytes. */
static inline void assay_conv2d_take_words(void *to, const void *from,
                                           int64_t n)
{
    memcpy(to, from, (size_t)n * 4);
}

static inline void assay_conv2d_zero_words(void *to, int64_t n,
                                           const struct assay_conv2d *d)
{
    (void)d;
    memset(to, 0, (size_t)n * 4);
}

#endif
