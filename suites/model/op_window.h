/* SPDX-License-Identifier: Apache-2.0
 *
 * The sliding window of convolutions and pools over an image, from a node's
 * attributes: kernel_shape, strides, pads, dilations, auto_pad, ceil_mode.
 * Images are of 1 to 3 dimensions; those that are not there have the size 1,
 * so each array is depth, height, width.
 */
#ifndef ASSAY_SUITES_MODEL_OP_WINDOW_H
#define ASSAY_SUITES_MODEL_OP_WINDOW_H

#include "suites/model/lower.h"

enum { ASSAY_AXES = 3 };

struct assay_window {
    int64_t image[ASSAY_AXES];
    int64_t size[ASSAY_AXES], stride[ASSAY_AXES], dilation[ASSAY_AXES];
    /* Padding; `after`: what windows reach. */
    int64_t before[ASSAY_AXES], after[ASSAY_AXES];
    int64_t count[ASSAY_AXES]; /* positions: the output's sizes */
};

/* The window over x [n][c][…] with weights w [k][c][…], or NULL: then
 * kernel_shape is required. UNSUPPORTED unless x has 1 to 3 dimensions more. */
enum assay_status assay_window_read(const struct assay_lowering *lowering,
                                    const struct assay_node *node,
                                    const struct assay_dims *x,
                                    const struct assay_dims *w,
                                    struct assay_window *window);

/* The same without padding and positions. */
enum assay_status assay_window_sizes(const struct assay_lowering *lowering,
                                     const struct assay_node *node,
                                     const struct assay_dims *x,
                                     const struct assay_dims *w,
                                     struct assay_window *window);

/* Where the image's dimensions begin in the arrays: 3 less how many. */
int assay_window_first(const struct assay_dims *x);

/* The output's shape: that of x with c channels and the window's positions. */
struct assay_dims assay_window_dims(const struct assay_window *window,
                                    const struct assay_dims *x, int64_t c);

/* n of an attribute with `n` integers of at least `min` and less than 2^31;
 * unchanged if it is absent. */
enum assay_status assay_window_numbers(const struct assay_lowering *lowering,
                                       const struct assay_node *node,
                                       const char *name, size_t n, int64_t min,
                                       int64_t *values);

/* The attributes of a window, for a table of rules. */
#define ASSAY_WINDOW_RULES                                                     \
    {"kernel_shape", 'I'}, {"strides", 'I'}, {"pads", 'I'},                    \
        {"dilations", 'I'},                                                    \
    {                                                                          \
        "auto_pad", 's'                                                        \
    }

#endif
