/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/op_window.h"

#include <inttypes.h>
#include <string.h>

#include "kernels/shape.h"

/* An attribute of `n` numbers within min … 2^31; unchanged if it is absent. */
static enum assay_status numbers(const struct assay_lowering *l,
                                 const struct assay_node *node,
                                 const char *name, size_t n, int64_t min,
                                 int64_t *values)
{
    const struct assay_attribute *a = assay_node_find(node, name);
    if (!a)
        return ASSAY_OK;
    if (a->n != n)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "attribute '%s' has %zu numbers instead of %zu",
                               name, a->n, n);
    for (size_t i = 0; i < n; i++) {
        if (a->ints[i] < min || a->ints[i] >= ASSAY_MAX_SIZE)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "attribute '%s' holds %" PRId64 "; %" PRId64
                                   " to 2^31 - 1 is allowed",
                                   name, a->ints[i], min);
        values[i] = a->ints[i];
    }
    return ASSAY_OK;
}

enum pad { PAD_SET, PAD_VALID, PAD_UPPER, PAD_LOWER };

static enum assay_status read_pad(const struct assay_lowering *l,
                                  const struct assay_node *node, int64_t *pads,
                                  enum pad *pad)
{
    static const char *const names[] = {"NOTSET", "VALID", "SAME_UPPER",
                                        "SAME_LOWER"};
    const char *name = assay_node_string(node, "auto_pad", "NOTSET");
    for (*pad = PAD_SET; *pad <= PAD_LOWER; (*pad)++)
        if (strcmp(name, names[*pad]) == 0)
            break;
    if (*pad > PAD_LOWER) {
        char text[40];
        assay_text_clean(text, sizeof text, name);
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "auto_pad '%s' is none of NOTSET, VALID, "
                               "SAME_UPPER and SAME_LOWER",
                               text);
    }
    enum assay_status status = numbers(l, node, "pads", 4, 0, pads);
    if (!status && *pad != PAD_SET && (pads[0] | pads[1] | pads[2] | pads[3]))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "auto_pad %s and pads exclude each other", name);
    return status;
}

static void pad_axis(struct assay_window *w, int i, int64_t image, enum pad pad,
                     bool up)
{
    const int64_t span = (w->size[i] - 1) * w->dilation[i] + 1;
    if (pad == PAD_UPPER || pad == PAD_LOWER) {
        const int64_t positions = (image + w->stride[i] - 1) / w->stride[i];
        int64_t all = (positions - 1) * w->stride[i] + span - image;
        all = all > 0 ? all : 0;
        w->before[i] = pad == PAD_UPPER ? all / 2 : all - all / 2;
        w->after[i] = all - w->before[i];
    }
    w->count[i] = assay_window_count(image, w->size[i], w->stride[i],
                                     w->before[i], w->after[i], w->dilation[i]);
    const int64_t left = image + w->before[i] + w->after[i] - span;
    if (left < 0)
        return;
    /* Rounding up: one window more, unless it would start beyond the image. */
    if (up && left % w->stride[i] != 0 &&
        w->count[i] * w->stride[i] < image + w->before[i])
        w->count[i]++;
    /* Just the padding that the last window reaches. */
    const int64_t reach =
        (w->count[i] - 1) * w->stride[i] + span - image - w->before[i];
    w->after[i] = reach > 0 ? reach : 0;
}

enum assay_status assay_window_read(const struct assay_lowering *l,
                                    const struct assay_node *node,
                                    const int64_t *image,
                                    struct assay_window *w)
{
    int64_t pads[4] = {0}, size[2] = {w->size[0], w->size[1]};
    enum pad pad;
    for (int i = 0; i < 2; i++)
        w->stride[i] = w->dilation[i] = 1;
    enum assay_status status = numbers(l, node, "kernel_shape", 2, 1, size);
    if (!status)
        status = numbers(l, node, "strides", 2, 1, w->stride);
    if (!status)
        status = numbers(l, node, "dilations", 2, 1, w->dilation);
    if (!status)
        status = read_pad(l, node, pads, &pad);
    if (status)
        return status;
    if (size[0] == 0)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "attribute 'kernel_shape' is missing");
    const bool up = assay_node_int(node, "ceil_mode", 0) != 0;
    for (int i = 0; i < 2; i++) {
        if (w->size[i] && w->size[i] != size[i])
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "kernel_shape says %" PRId64
                                   " where the weights have %" PRId64,
                                   size[i], w->size[i]);
        w->size[i] = size[i];
        w->before[i] = pads[i];
        w->after[i] = pads[i + 2];
        pad_axis(w, i, image[i], pad, up);
        if (w->count[i] < 1)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "the window (%" PRId64 ", dilation %" PRId64
                                   ") exceeds the padded %s of %" PRId64,
                                   w->size[i], w->dilation[i],
                                   i ? "width" : "height", image[i]);
    }
    return ASSAY_OK;
}
