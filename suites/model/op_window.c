/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/op_window.h"

#include <inttypes.h>
#include <string.h>

#include "kernels/shape.h"

enum assay_status assay_window_numbers(const struct assay_lowering *l,
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

/* pads: those before each axis, then those behind. */
static enum assay_status read_pad(const struct assay_lowering *l,
                                  const struct assay_node *node, int axes,
                                  int64_t *pads, enum pad *pad)
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
    enum assay_status status =
        assay_window_numbers(l, node, "pads", 2 * (size_t)axes, 0, pads);
    for (int i = 0; !status && i < 2 * axes; i++)
        if (*pad != PAD_SET && pads[i])
            status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                     "auto_pad %s and pads exclude each other",
                                     name);
    return status;
}

static void pad_axis(struct assay_window *w, int i, enum pad pad, bool up)
{
    const int64_t image = w->image[i];
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

int assay_window_first(const struct assay_dims *x)
{
    return ASSAY_AXES - (x->rank - 2);
}

enum assay_status assay_window_sizes(const struct assay_lowering *l,
                                     const struct assay_node *node,
                                     const struct assay_dims *x,
                                     const struct assay_dims *w,
                                     struct assay_window *window)
{
    if (x->rank < 3 || x->rank > 2 + ASSAY_AXES)
        return assay_node_fail(
            l->model, node, x->rank < 3 ? ASSAY_INVALID : ASSAY_UNSUPPORTED,
            "its input has %d dimensions; 3 to %d are supported", x->rank,
            2 + ASSAY_AXES);
    const int first = assay_window_first(x);
    const size_t n = (size_t)(ASSAY_AXES - first);
    for (int i = 0; i < ASSAY_AXES; i++) {
        window->image[i] = i < first ? 1 : x->size[2 + i - first];
        window->size[i] = i < first ? 1 : w ? w->size[2 + i - first] : 0;
        window->stride[i] = window->dilation[i] = 1;
        window->before[i] = window->after[i] = 0;
    }
    int64_t given[ASSAY_AXES];
    memcpy(given, window->size, sizeof given);
    enum assay_status status =
        assay_window_numbers(l, node, "kernel_shape", n, 1, given + first);
    if (!status)
        status = assay_window_numbers(l, node, "strides", n, 1,
                                      window->stride + first);
    if (!status)
        status = assay_window_numbers(l, node, "dilations", n, 1,
                                      window->dilation + first);
    for (int i = first; !status && i < ASSAY_AXES; i++) {
        if (given[i] == 0)
            status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                     "attribute 'kernel_shape' is missing");
        else if (window->size[i] && window->size[i] != given[i])
            status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                     "kernel_shape says %" PRId64
                                     " where the weights have %" PRId64,
                                     given[i], window->size[i]);
        window->size[i] = given[i];
    }
    return status;
}

enum assay_status assay_window_read(const struct assay_lowering *l,
                                    const struct assay_node *node,
                                    const struct assay_dims *x,
                                    const struct assay_dims *w,
                                    struct assay_window *window)
{
    static const char *const names[] = {"depth", "height", "width"};
    int64_t pads[2 * ASSAY_AXES] = {0};
    enum pad pad;
    enum assay_status status = assay_window_sizes(l, node, x, w, window);
    const int axes = x->rank - 2, first = assay_window_first(x);
    if (!status)
        status = read_pad(l, node, axes, pads, &pad);
    if (status)
        return status;
    const bool up = assay_node_int(node, "ceil_mode", 0) != 0;
    for (int i = 0; i < ASSAY_AXES; i++) {
        if (i >= first) {
            window->before[i] = pads[i - first];
            window->after[i] = pads[i - first + axes];
        }
        pad_axis(window, i, i < first ? PAD_SET : pad, up);
        if (window->count[i] < 1)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "the window (%" PRId64 ", dilation %" PRId64
                                   ") exceeds the padded %s of %" PRId64,
                                   window->size[i], window->dilation[i],
                                   names[i], window->image[i]);
    }
    return ASSAY_OK;
}

struct assay_dims assay_window_dims(const struct assay_window *window,
                                    const struct assay_dims *x, int64_t c)
{
    struct assay_dims dims = {.rank = x->rank, .size = {x->size[0], c}};
    for (int i = assay_window_first(x), j = 2; i < ASSAY_AXES; i++, j++)
        dims.size[j] = window->count[i];
    return dims;
}
