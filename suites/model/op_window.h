/* SPDX-License-Identifier: Apache-2.0
 *
 * The sliding window of convolutions and pools over an image, from a node's
 * attributes: kernel_shape, strides, pads, dilations, auto_pad, ceil_mode.
 * Each pair is height, width.
 */
#ifndef ASSAY_SUITES_MODEL_OP_WINDOW_H
#define ASSAY_SUITES_MODEL_OP_WINDOW_H

#include "suites/model/lower.h"

struct assay_window {
    int64_t size[2], stride[2], dilation[2];
    int64_t before[2], after[2]; /* padding; `after`: what windows reach */
    int64_t count[2];            /* positions: the output's height and width */
};

/* `size` comes with the weights' height and width, or zeros: then kernel_shape
 * is required. image: the input's height and width. */
enum assay_status assay_window_read(const struct assay_lowering *lowering,
                                    const struct assay_node *node,
                                    const int64_t *image,
                                    struct assay_window *window);

/* The attributes of a window, for a table of rules. */
#define ASSAY_WINDOW_RULES                                                     \
    {"kernel_shape", 'I'}, {"strides", 'I'}, {"pads", 'I'},                    \
        {"dilations", 'I'},                                                    \
    {                                                                          \
        "auto_pad", 's'                                                        \
    }

#endif
