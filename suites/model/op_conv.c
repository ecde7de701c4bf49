/* SPDX-License-Identifier: Apache-2.0
 *
 * Convolutions of one to three dimensions.
 */
#include <inttypes.h>
#include <string.h>

#include "suites/model/op_conv.h"

static const struct assay_attribute_rule conv_rules[] = {
    ASSAY_WINDOW_RULES,
    {"group", 'i'},
    {0},
};

enum assay_status assay_conv_check(const struct assay_lowering *l,
                                   const struct assay_node *node,
                                   const struct assay_dims *x,
                                   const struct assay_dims *w,
                                   const struct assay_dims *bias)
{
    const int64_t groups = assay_node_int(node, "group", 1);
    if (w->rank != x->rank)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its weights have %d dimensions instead of %d",
                               w->rank, x->rank);
    if (groups < 1 || groups > w->size[0] || w->size[0] % groups != 0)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "group is %" PRId64 ", which does not divide "
                               "its %" PRId64 " filters",
                               groups, w->size[0]);
    if (x->size[1] % groups != 0 || x->size[1] / groups != w->size[1])
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "%" PRId64 " channels in %" PRId64
                               " groups do not fit weights for %" PRId64,
                               x->size[1], groups, w->size[1]);
    if (bias && (bias->rank != 1 || bias->size[0] != w->size[0]))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its bias does not have one number for each of "
                               "%" PRId64 " filters",
                               w->size[0]);
    return ASSAY_OK;
}

static enum assay_status conv_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    struct assay_window window;
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *w = assay_input(l, node, 1);
    const struct assay_tensor *b = assay_input(l, node, 2);
    enum assay_status status = ASSAY_OK;
    if (!assay_element_is_float(x->element) || w->element != x->element ||
        (b && b->element != x->element))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "inputs of %s and %s; float is supported",
                               assay_element_name(x->element),
                               assay_element_name(w->element));
    if (x->dims.rank > 2)
        status =
            assay_conv_check(l, node, &x->dims, &w->dims, b ? &b->dims : NULL);
    if (!status)
        status = assay_window_read(l, node, &x->dims, &w->dims, &window);
    if (status)
        return status;
    const struct assay_dims dims =
        assay_window_dims(&window, &x->dims, w->dims.size[0]);
    return assay_infer(l, node, x->element, &dims);
}

/* Depth is unfolded: the slices that a window meets become channels, and the
 * depths of the output images of their own. */
static bool is_deep(const struct assay_window *win)
{
    return win->size[0] > 1 || win->stride[0] > 1 || win->before[0] ||
           win->after[0];
}

static struct assay_conv_shape shape_of(const struct assay_conv_plan *plan)
{
    const int64_t depths = is_deep(&plan->win) ? plan->win.size[0] : 1;
    return (struct assay_conv_shape){
        .n = plan->x.size[0] * plan->win.count[0],
        .h = plan->win.image[1],
        .w = plan->win.image[2],
        .c = plan->x.size[1] * depths,
        .k = plan->k,
    };
}

/* The slices that tap `tap` of the window's depth meets. */
static enum assay_status slice_depth(struct assay_lowering *l,
                                     const struct assay_node *node,
                                     const struct assay_conv_plan *plan,
                                     int64_t tap, unsigned from, unsigned *to)
{
    const struct assay_window *w = &plan->win;
    struct assay_run run = {.inputs = {from}};
    assay_problem_init(&run.problem, ASSAY_OP_SLICE, plan->dtype);
    struct assay_slice *s = &run.problem.as.slice;
    s->d[0] = plan->x.size[0];
    s->d[1] = w->image[0] + w->before[0] + w->after[0];
    s->d[2] = w->image[1] * w->image[2] * plan->x.size[1];
    s->start[1] = tap * w->dilation[0];
    s->step[1] = w->stride[0];
    s->count[1] = w->count[0];
    return assay_lower_step(l, node, &run, to);
}

static enum assay_status join_channels(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       const struct assay_conv_plan *plan,
                                       int64_t taps, unsigned more,
                                       unsigned *tensor)
{
    const struct assay_conv_shape s = shape_of(plan);
    struct assay_run run = {.inputs = {*tensor, more, *tensor, *tensor}};
    assay_problem_init(&run.problem, ASSAY_OP_CONCAT, plan->dtype);
    run.problem.as.concat = (struct assay_concat){
        .outer = s.n * s.h * s.w,
        .n = {taps * plan->x.size[1], plan->x.size[1]},
        .inner = 1,
    };
    return assay_lower_step(l, node, &run, tensor);
}

static enum assay_status unfold(struct assay_lowering *l,
                                const struct assay_node *node,
                                const struct assay_conv_plan *plan,
                                unsigned *tensor)
{
    const struct assay_window *w = &plan->win;
    unsigned padded = *tensor, part;
    enum assay_status status = ASSAY_OK;
    if (w->before[0] || w->after[0]) {
        struct assay_run run = {.inputs = {*tensor}};
        assay_problem_init(&run.problem, ASSAY_OP_PAD, plan->dtype);
        struct assay_pad *p = &run.problem.as.pad;
        p->value = plan->zero;
        p->d[0] = plan->x.size[0];
        p->d[1] = w->image[0];
        p->d[2] = w->image[1] * w->image[2] * plan->x.size[1];
        p->before[1] = w->before[0];
        p->after[1] = w->after[0];
        status = assay_lower_step(l, node, &run, &padded);
    }
    for (int64_t tap = 0; !status && tap < w->size[0]; tap++) {
        status = slice_depth(l, node, plan, tap, padded, &part);
        if (!status && tap > 0)
            status = join_channels(l, node, plan, tap, part, tensor);
        else
            *tensor = part;
    }
    return status;
}

enum assay_status assay_conv_input(struct assay_lowering *l,
                                   const struct assay_node *node,
                                   const struct assay_conv_plan *plan,
                                   unsigned *tensor)
{
    const struct assay_dims *x = &plan->x;
    enum assay_status status =
        assay_lower_input(l, node, 0,
                          assay_order_of(x->size[0], x->size[1],
                                         assay_dims_product(x, 2, x->rank)),
                          tensor);
    return status ? status : assay_conv_unfold(l, node, plan, tensor);
}

enum assay_status assay_conv_unfold(struct assay_lowering *l,
                                    const struct assay_node *node,
                                    const struct assay_conv_plan *plan,
                                    unsigned *tensor)
{
    if (!is_deep(&plan->win))
        return ASSAY_OK;
    if (plan->groups > 1)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "groups of channels in three dimensions are "
                               "not supported");
    return unfold(l, node, plan, tensor);
}

bool assay_conv_is_depthwise(const struct assay_conv_plan *plan)
{
    return plan->groups > 1 && plan->groups == plan->x.size[1] &&
           plan->groups == plan->k;
}

void assay_conv_permute(const struct assay_conv_plan *plan, const char *from,
                        size_t size, char *to)
{
    const int64_t area = plan->win.size[1] * plan->win.size[2];
    const int64_t depths = plan->win.size[0];
    const int64_t channels = plan->x.size[1] / plan->groups;
    const bool depthwise = assay_conv_is_depthwise(plan);
    for (int64_t o = 0; o < plan->k; o++)
        for (int64_t i = 0; i < channels; i++)
            for (int64_t t = 0; t < depths; t++)
                for (int64_t p = 0; p < area; p++, from += size) {
                    const int64_t at =
                        depthwise
                            ? p * plan->k + o
                            : ((o * area + p) * depths + t) * channels + i;
                    memcpy(to + (size_t)at * size, from, size);
                }
}

static void conv_problem(const struct assay_conv_plan *plan, bool bias,
                         struct assay_problem *problem)
{
    const struct assay_conv_shape s = shape_of(plan);
    const struct assay_window *w = &plan->win;
    assay_problem_init(problem, ASSAY_OP_CONV2D, plan->dtype);
    struct assay_conv2d *d = &problem->as.conv2d;
    d->n = s.n;
    d->h = s.h;
    d->w = s.w;
    d->c = s.c;
    d->k = s.k;
    d->r = w->size[1];
    d->s = w->size[2];
    d->stride_h = w->stride[1];
    d->stride_w = w->stride[2];
    d->pad_top = w->before[1];
    d->pad_left = w->before[2];
    d->pad_bottom = w->after[1];
    d->pad_right = w->after[2];
    d->dil_h = w->dilation[1];
    d->dil_w = w->dilation[2];
    d->groups = plan->groups;
    d->bias = bias;
}

static void depthwise_problem(const struct assay_conv_plan *plan, bool bias,
                              struct assay_problem *problem)
{
    const struct assay_conv_shape s = shape_of(plan);
    const struct assay_window *w = &plan->win;
    assay_problem_init(problem, ASSAY_OP_DEPTHWISE, plan->dtype);
    struct assay_depthwise *d = &problem->as.depthwise;
    d->n = s.n;
    d->h = s.h;
    d->w = s.w;
    d->c = s.c;
    d->r = w->size[1];
    d->s = w->size[2];
    d->stride_h = w->stride[1];
    d->stride_w = w->stride[2];
    d->pad_top = w->before[1];
    d->pad_left = w->before[2];
    d->pad_bottom = w->after[1];
    d->pad_right = w->after[2];
    d->dil_h = w->dilation[1];
    d->dil_w = w->dilation[2];
    d->bias = bias;
}

void assay_conv_problem(const struct assay_conv_plan *plan, bool bias,
                        struct assay_problem *problem)
{
    if (assay_conv_is_depthwise(plan))
        depthwise_problem(plan, bias, problem);
    else
        conv_problem(plan, bias, problem);
}

void assay_conv_set_quantized(const struct assay_quantized *q,
                              struct assay_problem *problem)
{
    if (problem->op == ASSAY_OP_DEPTHWISE)
        problem->as.depthwise.q = *q;
    else if (problem->op == ASSAY_OP_DENSE)
        problem->as.dense.q = *q;
    else
        problem->as.conv2d.q = *q;
}

struct assay_order assay_conv_order(const struct assay_conv_plan *plan)
{
    const int64_t *count = plan->win.count;
    return assay_order_of(plan->x.size[0], plan->k,
                          count[0] * count[1] * count[2]);
}

enum assay_status assay_conv_append(struct assay_lowering *l,
                                    const struct assay_node *node,
                                    const struct assay_conv_plan *plan,
                                    unsigned x, const float *weights,
                                    const float *bias)
{
    struct assay_run run = {.inputs = {x}};
    const int64_t *size = plan->win.size;
    const size_t count = (size_t)(plan->k * (plan->x.size[1] / plan->groups) *
                                  size[0] * size[1] * size[2]);
    float *w = assay_region_alloc(l->kept, count, sizeof *w), *b = NULL;
    if (!w)
        return ASSAY_NOMEM;
    assay_conv_permute(plan, (const char *)weights, sizeof *w, (char *)w);
    if (bias) {
        b = assay_region_alloc(l->kept, (size_t)plan->k, sizeof *b);
        if (!b)
            return ASSAY_NOMEM;
        memcpy(b, bias, (size_t)plan->k * sizeof *b);
    }
    run.constants[0] = w;
    run.constants[1] = b;
    assay_conv_problem(plan, bias != NULL, &run.problem);
    return assay_lower_run(l, node, &run, assay_conv_order(plan));
}

static enum assay_status conv_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_dims *w = &assay_input(l, node, 1)->dims;
    const float *weights, *bias = NULL;
    unsigned tensor;
    struct assay_conv_plan plan = {
        .dtype = assay_lower_type(l, node->inputs[0]),
        .x = x->dims,
        .k = w->size[0],
        .groups = assay_node_int(node, "group", 1),
    };
    enum assay_status status =
        assay_window_read(l, node, &x->dims, w, &plan.win);
    if (!status)
        status = assay_input_floats(l, node, 1, &weights);
    if (!status && assay_input(l, node, 2))
        status = assay_input_floats(l, node, 2, &bias);
    if (!status)
        status = assay_conv_input(l, node, &plan, &tensor);
    return status ? status
                  : assay_conv_append(l, node, &plan, tensor, weights, bias);
}

const struct assay_operator assay_operators_conv[] = {
    {"Conv", 1, ASSAY_OPSET_MAX, 2, 3, 1, conv_rules, conv_infer, NULL,
     conv_lower},
    {0},
};
