/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ops with a window over an image share: conv2d, depthwise, pool.
 * Their structs all have the fields h, w (the image), r, s (the window's rows
 * and columns), stride_h, stride_w, pad_top, pad_left, pad_bottom, pad_right,
 * dil_h and dil_w; the macros take a pointer to such a struct.
 */
#ifndef ASSAY_KERNELS_WINDOW_H
#define ASSAY_KERNELS_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "shape.h"
#include "status.h"

struct assay_random;

/* One axis of it: `size` taps, `dilation` apart, that move by `stride` over
 * `in` elements padded by `before` and `after`. */
struct assay_window_axis {
    int64_t in, size, stride, before, after, dilation;
};

#define ASSAY_WINDOW_ROWS(d)                                                   \
    ((struct assay_window_axis){(d)->h, (d)->r, (d)->stride_h, (d)->pad_top,   \
                                (d)->pad_bottom, (d)->dil_h})
#define ASSAY_WINDOW_COLUMNS(d)                                                \
    ((struct assay_window_axis){(d)->w, (d)->s, (d)->stride_w, (d)->pad_left,  \
                                (d)->pad_right, (d)->dil_w})

/* The two axes back into a struct. */
#define ASSAY_WINDOW_SET(d, rows, columns)                                     \
    ((d)->h = (rows).in, (d)->r = (rows).size, (d)->stride_h = (rows).stride,  \
     (d)->pad_top = (rows).before, (d)->pad_bottom = (rows).after,             \
     (d)->dil_h = (rows).dilation, (d)->w = (columns).in,                      \
     (d)->s = (columns).size, (d)->stride_w = (columns).stride,                \
     (d)->pad_left = (columns).before, (d)->pad_right = (columns).after,       \
     (d)->dil_w = (columns).dilation)

/* The rows of struct assay_param for the fields of `type`; `most` bounds
 * strides, paddings and dilations. */
#define ASSAY_WINDOW_PARAM(type, field, least, most, standard, required)       \
    {                                                                          \
#field, offsetof(struct type, field), least, most, standard, required, \
            NULL, false                                                        \
    }
#define ASSAY_WINDOW_PARAMS(type, most)                                        \
    ASSAY_WINDOW_PARAM(type, r, 1, ASSAY_MAX_SIZE, 0, true),                   \
        ASSAY_WINDOW_PARAM(type, s, 1, ASSAY_MAX_SIZE, 0, true),               \
        ASSAY_WINDOW_PARAM(type, stride_h, 1, most, 1, false),                 \
        ASSAY_WINDOW_PARAM(type, stride_w, 1, most, 1, false),                 \
        ASSAY_WINDOW_PARAM(type, pad_top, 0, most, 0, false),                  \
        ASSAY_WINDOW_PARAM(type, pad_left, 0, most, 0, false),                 \
        ASSAY_WINDOW_PARAM(type, pad_bottom, 0, most, 0, false),               \
        ASSAY_WINDOW_PARAM(type, pad_right, 0, most, 0, false),                \
        ASSAY_WINDOW_PARAM(type, dil_h, 1, most, 1, false),                    \
        ASSAY_WINDOW_PARAM(type, dil_w, 1, most, 1, false)

/* Positions of the window; ≤ 0 if it does not fit. */
static inline int64_t assay_window_out(struct assay_window_axis a)
{
    return assay_window_count(a.in, a.size, a.stride, a.before, a.after,
                              a.dilation);
}

/* Elements from the first tap to the last, both included. */
static inline int64_t assay_window_span(struct assay_window_axis a)
{
    return (a.size - 1) * a.dilation + 1;
}

/* Of a window whose tap 0 is at `start`, which may be outside: the taps first …
 * end - 1 that meet the image; first ≥ end if none does. */
struct assay_window_taps {
    int64_t first, end;
};

static inline struct assay_window_taps
assay_window_inside(struct assay_window_axis a, int64_t start)
{
    struct assay_window_taps taps = {0, a.size};
    if (start < 0)
        taps.first = (-start + a.dilation - 1) / a.dilation;
    if (start + (a.size - 1) * a.dilation >= a.in)
        taps.end =
            start < a.in ? (a.in - start + a.dilation - 1) / a.dilation : 0;
    return taps;
}

/* INVALID, with a message that names the op, unless the padding is smaller than
 * the window and the window fits into the padded image. */
enum assay_status assay_window_check(const char *op,
                                     struct assay_window_axis rows,
                                     struct assay_window_axis columns);

/* What differs from stride 1, no padding and dilation 1, as text: "s2x1",
 * "p1.1.1.1" (top, left, bottom, right), "d2x2". */
void assay_window_text(struct assay_window_axis rows,
                       struct assay_window_axis columns, char *text,
                       size_t size);

/* Any legal axis: a window with its padding, and an image that it fits, which
 * has `extra` elements at most beyond the smallest and may be smaller than the
 * window. */
struct assay_window_axis assay_window_random(struct assay_random *random,
                                             int64_t extra);

#endif
