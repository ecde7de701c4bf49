/* SPDX-License-Identifier: Apache-2.0
 *
 * ConvTranspose: a convolution, by the flipped weights, of the image with zeros
 * between its elements and around them.
 */
#include <inttypes.h>
#include <string.h>

#include "kernels/shape.h"
#include "suites/model/op_conv.h"

static const struct assay_attribute_rule transposed_rules[] = {
    ASSAY_WINDOW_RULES,
    {"group", 'i'},
    {"output_padding", 'I'},
    {"output_shape", 'I'},
    {0},
};

struct transposed {
    struct assay_conv_plan plan; /* of the convolution; win.image: enlarged */
    int64_t image[ASSAY_AXES];   /* as given */
    int64_t interior[ASSAY_AXES];
    int64_t head[ASSAY_AXES], tail[ASSAY_AXES]; /* of zeros; < 0: cut off */
    bool pads;
};

/* The padding of one axis, of the transposed operator, from the output's size:
 * as onnxruntime divides it (core/providers/cpu/nn/conv_transpose_attributes.h,
 * v1.17). */
static void from_shape(int64_t all, bool upper, int64_t *head, int64_t *tail)
{
    *head = all <= 0 ? 0 : upper ? all / 2 : all - all / 2;
    *tail = all - *head;
}

static enum assay_status transposed_axes(const struct assay_lowering *l,
                                         const struct assay_node *node,
                                         struct transposed *t,
                                         const struct assay_window *given)
{
    const int first = assay_window_first(&t->plan.x);
    const size_t n = (size_t)(ASSAY_AXES - first);
    const char *pad = assay_node_string(node, "auto_pad", "NOTSET");
    const bool same = strncmp(pad, "SAME", 4) == 0;
    int64_t extra[ASSAY_AXES] = {0}, out[ASSAY_AXES] = {0};
    int64_t pads[2 * ASSAY_AXES] = {0};
    enum assay_status status =
        assay_window_numbers(l, node, "output_padding", n, 0, extra + first);
    if (!status)
        status =
            assay_window_numbers(l, node, "output_shape", n, 1, out + first);
    if (!status)
        status = assay_window_numbers(l, node, "pads", 2 * n, 0, pads);
    if (status)
        return status;
    for (int i = 0; i < ASSAY_AXES; i++) {
        const int64_t stride = given->stride[i];
        const int64_t reach = (given->size[i] - 1) * given->dilation[i];
        const int64_t full = (given->image[i] - 1) * stride + 1 + reach;
        int64_t head = i < first ? 0 : pads[i - first];
        int64_t tail = (i < first ? 0 : pads[i - first + (int)n]) - extra[i];
        if (same)
            out[i] = out[i] ? out[i] : given->image[i] * stride;
        if (out[i])
            from_shape(full + extra[i] - out[i], strcmp(pad, "SAME_UPPER") == 0,
                       &head, &tail);
        if (out[i])
            tail -= extra[i];
        t->image[i] = given->image[i];
        t->interior[i] = stride - 1;
        t->head[i] = reach - head;
        t->tail[i] = reach - tail;
        t->plan.win.image[i] =
            (given->image[i] - 1) * stride + 1 + t->head[i] + t->tail[i];
        t->plan.win.size[i] = given->size[i];
        t->plan.win.dilation[i] = given->dilation[i];
        t->plan.win.stride[i] = 1;
        t->plan.win.before[i] = t->plan.win.after[i] = 0;
        t->plan.win.count[i] = t->plan.win.image[i] - reach;
        t->pads = t->pads || t->interior[i] || t->head[i] || t->tail[i];
        if (t->plan.win.count[i] < 1)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "its result has no elements");
    }
    return ASSAY_OK;
}

static enum assay_status read_transposed(const struct assay_lowering *l,
                                         const struct assay_node *node,
                                         struct transposed *t)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *w = assay_input(l, node, 1);
    const struct assay_tensor *b = assay_input(l, node, 2);
    const int64_t groups = assay_node_int(node, "group", 1);
    struct assay_window given;
    if (!assay_element_is_float(x->element) || w->element != x->element ||
        (b && b->element != x->element))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "inputs of %s and %s; float is supported",
                               assay_element_name(x->element),
                               assay_element_name(w->element));
    if (x->dims.rank < 3 || w->dims.rank != x->dims.rank || groups < 1 ||
        x->dims.size[1] != w->dims.size[0] || x->dims.size[1] % groups != 0 ||
        w->dims.size[1] > ASSAY_MAX_SIZE / groups)
        return assay_node_fail(
            l->model, node, ASSAY_INVALID,
            "its weights or groups (%" PRId64 ") do not fit its input", groups);
    if (b && (b->dims.rank != 1 || b->dims.size[0] != w->dims.size[1] * groups))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its bias does not have one number for each of "
                               "%" PRId64 " filters",
                               w->dims.size[1] * groups);
    *t = (struct transposed){.plan = {.dtype = ASSAY_F32,
                                      .x = x->dims,
                                      .k = w->dims.size[1] * groups,
                                      .groups = groups}};
    enum assay_status status =
        assay_window_sizes(l, node, &x->dims, &w->dims, &given);
    return status ? status : transposed_axes(l, node, t, &given);
}

static enum assay_status transposed_infer(struct assay_lowering *l,
                                          const struct assay_node *node)
{
    struct transposed t;
    enum assay_status status = read_transposed(l, node, &t);
    if (status)
        return status;
    const struct assay_dims dims =
        assay_window_dims(&t.plan.win, &t.plan.x, t.plan.k);
    return assay_infer(l, node, assay_input(l, node, 0)->element, &dims);
}

/* Zeros between the elements and around them; then what is too much cut off. */
static enum assay_status enlarge(struct assay_lowering *l,
                                 const struct assay_node *node,
                                 const struct transposed *t, unsigned *tensor)
{
    struct assay_run pad = {.inputs = {*tensor}}, cut = {0};
    bool cuts = false;
    assay_problem_init(&pad.problem, ASSAY_OP_PAD, t->plan.dtype);
    assay_problem_init(&cut.problem, ASSAY_OP_SLICE, t->plan.dtype);
    struct assay_pad *p = &pad.problem.as.pad;
    struct assay_slice *s = &cut.problem.as.slice;
    p->d[0] = s->d[0] = t->plan.x.size[0];
    p->d[4] = s->d[4] = t->plan.x.size[1];
    for (int i = 0; i < ASSAY_AXES; i++) {
        p->d[1 + i] = t->image[i];
        p->interior[1 + i] = t->interior[i];
        p->before[1 + i] = t->head[i] > 0 ? t->head[i] : 0;
        p->after[1 + i] = t->tail[i] > 0 ? t->tail[i] : 0;
        s->start[1 + i] = t->head[i] < 0 ? -t->head[i] : 0;
        s->count[1 + i] = t->plan.win.image[i];
        s->d[1 + i] = p->before[1 + i] + p->after[1 + i] + t->image[i] +
                      (t->image[i] - 1) * t->interior[i];
        cuts = cuts || s->d[1 + i] != s->count[1 + i];
    }
    enum assay_status status = assay_lower_step(l, node, &pad, tensor);
    cut.inputs[0] = *tensor;
    return status || !cuts ? status : assay_lower_step(l, node, &cut, tensor);
}

/* [c][k/groups][taps] to [k][c/groups][taps], the taps in reverse. */
static void flip(const struct transposed *t, const float *from, float *to)
{
    const int64_t taps =
        t->plan.win.size[0] * t->plan.win.size[1] * t->plan.win.size[2];
    const int64_t k = t->plan.k / t->plan.groups;
    const int64_t c = t->plan.x.size[1] / t->plan.groups;
    for (int64_t o = 0; o < t->plan.k; o++)
        for (int64_t i = 0; i < c; i++)
            for (int64_t p = 0; p < taps; p++)
                to[(o * c + i) * taps + p] =
                    from[((o / k * c + i) * k + o % k) * taps + taps - 1 - p];
}

static enum assay_status transposed_lower(struct assay_lowering *l,
                                          const struct assay_node *node)
{
    struct transposed t;
    const struct assay_dims *w = &assay_input(l, node, 1)->dims;
    const float *weights, *bias = NULL;
    unsigned tensor;
    enum assay_status status = read_transposed(l, node, &t);
    if (!status)
        status = assay_input_floats(l, node, 1, &weights);
    if (!status && assay_input(l, node, 2))
        status = assay_input_floats(l, node, 2, &bias);
    if (status)
        return status;
    const struct assay_dims *x = &t.plan.x;
    t.plan.dtype = assay_lower_type(l, node->inputs[0]);
    float *flipped = assay_region_alloc(
        &l->scratch, (size_t)assay_dims_count(w), sizeof *flipped);
    if (!flipped)
        return ASSAY_NOMEM;
    flip(&t, weights, flipped);
    status =
        assay_lower_input(l, node, 0,
                          assay_order_of(x->size[0], x->size[1],
                                         assay_dims_product(x, 2, x->rank)),
                          &tensor);
    if (!status && t.pads)
        status = enlarge(l, node, &t, &tensor);
    if (!status)
        status = assay_conv_unfold(l, node, &t.plan, &tensor);
    return status ? status
                  : assay_conv_append(l, node, &t.plan, tensor, flipped, bias);
}

const struct assay_operator assay_operators_conv_transposed[] = {
    {"ConvTranspose", 1, ASSAY_OPSET_MAX, 2, 3, 1, transposed_rules,
     transposed_infer, NULL, transposed_lower},
    {0},
};
