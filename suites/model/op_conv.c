/* SPDX-License-Identifier: Apache-2.0
 *
 * Convolution and batch normalization.
 */
#include <inttypes.h>
#include <math.h>

#include "suites/model/op_window.h"

static const struct assay_attribute_rule conv_rules[] = {
    ASSAY_WINDOW_RULES,
    {"group", 'i'},
    {0},
};

static const struct assay_attribute_rule norm_rules[] = {
    {"epsilon", 'f'},
    {"momentum", 'f'},
    {"spatial", 'i'},
    {"training_mode", 'i'},
    {0},
};

static enum assay_status read_window(const struct assay_lowering *l,
                                     const struct assay_node *node,
                                     struct assay_window *window)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_dims *w = &assay_input(l, node, 1)->dims;
    *window = (struct assay_window){.size = {w->size[2], w->size[3]}};
    return assay_window_read(l, node, x->size + 2, window);
}

static enum assay_status conv_check(const struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *w = assay_input(l, node, 1);
    const struct assay_tensor *b = assay_input(l, node, 2);
    const int64_t groups = assay_node_int(node, "group", 1);
    if (x->dims.rank != 4)
        return assay_node_fail(l->model, node,
                               x->dims.rank < 3 ? ASSAY_INVALID
                                                : ASSAY_UNSUPPORTED,
                               "its input has %d dimensions; images of 4 are "
                               "supported",
                               x->dims.rank);
    if (w->dims.rank != 4)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its weights have %d dimensions instead of 4",
                               w->dims.rank);
    if (groups < 1 || groups > w->dims.size[0] || w->dims.size[0] % groups != 0)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "group is %" PRId64 ", which does not divide "
                               "its %" PRId64 " filters",
                               groups, w->dims.size[0]);
    if (x->dims.size[1] % groups != 0 ||
        x->dims.size[1] / groups != w->dims.size[1])
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "%" PRId64 " channels in %" PRId64
                               " groups do not fit weights for %" PRId64,
                               x->dims.size[1], groups, w->dims.size[1]);
    if (b && (b->dims.rank != 1 || b->dims.size[0] != w->dims.size[0]))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its bias does not have one number for each of "
                               "%" PRId64 " filters",
                               w->dims.size[0]);
    if (x->element != ASSAY_ELEMENT_FLOAT || w->element != x->element ||
        (b && b->element != x->element))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "inputs of %s and %s; float is supported",
                               assay_element_name(x->element),
                               assay_element_name(w->element));
    return ASSAY_OK;
}

static enum assay_status conv_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    struct assay_window window;
    enum assay_status status = conv_check(l, node);
    if (!status)
        status = read_window(l, node, &window);
    if (status)
        return status;
    struct assay_dims dims = assay_input(l, node, 0)->dims;
    dims.size[1] = assay_input(l, node, 1)->dims.size[0];
    dims.size[2] = window.count[0];
    dims.size[3] = window.count[1];
    return assay_infer(l, node, ASSAY_ELEMENT_FLOAT, &dims);
}

/* [k][i][taps] to [k][taps][i], or to [taps][k] where i = 1 is depthwise. */
static float *permute(struct assay_lowering *l, const float *from, int64_t k,
                      int64_t depth, int64_t taps, bool depthwise)
{
    float *to =
        assay_region_alloc(l->kept, (size_t)(k * depth * taps), sizeof *to);
    for (int64_t o = 0; to && o < k; o++)
        for (int64_t i = 0; i < depth; i++)
            for (int64_t t = 0; t < taps; t++)
                to[depthwise ? t * k + o : (o * taps + t) * depth + i] =
                    from[(o * depth + i) * taps + t];
    return to;
}

static float *copy(struct assay_lowering *l, const float *from, int64_t n)
{
    float *to = assay_region_alloc(l->kept, (size_t)n, sizeof *to);
    for (int64_t i = 0; to && i < n; i++)
        to[i] = from[i];
    return to;
}

static void conv_problem(const struct assay_dims *x, const struct assay_dims *w,
                         const struct assay_window *win, int64_t groups,
                         bool bias, struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_CONV2D, ASSAY_F32);
    problem->as.conv2d = (struct assay_conv2d){
        .n = x->size[0],
        .h = x->size[2],
        .w = x->size[3],
        .c = x->size[1],
        .k = w->size[0],
        .r = win->size[0],
        .s = win->size[1],
        .stride_h = win->stride[0],
        .stride_w = win->stride[1],
        .pad_top = win->before[0],
        .pad_left = win->before[1],
        .pad_bottom = win->after[0],
        .pad_right = win->after[1],
        .dil_h = win->dilation[0],
        .dil_w = win->dilation[1],
        .groups = groups,
        .bias = bias,
    };
}

static void depthwise_problem(const struct assay_dims *x,
                              const struct assay_window *win, bool bias,
                              struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_DEPTHWISE, ASSAY_F32);
    problem->as.depthwise = (struct assay_depthwise){
        .n = x->size[0],
        .h = x->size[2],
        .w = x->size[3],
        .c = x->size[1],
        .r = win->size[0],
        .s = win->size[1],
        .stride_h = win->stride[0],
        .stride_w = win->stride[1],
        .pad_top = win->before[0],
        .pad_left = win->before[1],
        .pad_bottom = win->after[0],
        .pad_right = win->after[1],
        .dil_h = win->dilation[0],
        .dil_w = win->dilation[1],
        .bias = bias,
    };
}

static enum assay_status conv_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_dims *w = &assay_input(l, node, 1)->dims;
    const bool biased = assay_input(l, node, 2) != NULL;
    const int64_t groups = assay_node_int(node, "group", 1);
    const bool depthwise =
        groups > 1 && groups == x->size[1] && groups == w->size[0];
    struct assay_window win;
    struct assay_run run = {0};
    const float *weights, *bias = NULL;
    enum assay_status status = read_window(l, node, &win);
    if (!status)
        status = assay_input_floats(l, node, 1, &weights);
    if (!status && biased)
        status = assay_input_floats(l, node, 2, &bias);
    if (!status)
        status = assay_lower_input(
            l, node, 0,
            assay_order_of(x->size[0], x->size[1], x->size[2] * x->size[3]),
            &run.inputs[0]);
    if (status)
        return status;
    if (depthwise)
        depthwise_problem(x, &win, biased, &run.problem);
    else
        conv_problem(x, w, &win, groups, biased, &run.problem);
    run.constants[0] = permute(l, weights, w->size[0], w->size[1],
                               w->size[2] * w->size[3], depthwise);
    run.constants[1] = biased ? copy(l, bias, w->size[0]) : NULL;
    if (!run.constants[0] || (biased && !run.constants[1]))
        return ASSAY_NOMEM;
    return assay_lower_run(
        l, node, &run,
        assay_order_of(x->size[0], w->size[0], win.count[0] * win.count[1]));
}

static enum assay_status norm_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    if (assay_node_int(node, "training_mode", 0) != 0)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "is in training mode; export the model for "
                               "inference");
    if (assay_node_int(node, "spatial", 1) != 1)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "spatial = 0 is not supported");
    if (x->dims.rank < 2)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its input has %d dimensions; 2 or more are "
                               "needed",
                               x->dims.rank);
    for (uint32_t i = 1; i < 5; i++) {
        const struct assay_tensor *p = assay_input(l, node, i);
        if (p->dims.rank != 1 || p->dims.size[0] != x->dims.size[1] ||
            p->element != ASSAY_ELEMENT_FLOAT)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "input %" PRIu32 " does not have one float "
                                   "for each of %" PRId64 " channels",
                                   i, x->dims.size[1]);
    }
    enum assay_status status = assay_infer_alone(l, node);
    return status ? status : assay_infer_same(l, node);
}

static enum assay_status norm_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const double epsilon = (double)assay_node_float(node, "epsilon", 1e-5f);
    const int64_t c = x->size[1];
    const float *p[4]; /* scale, shift, mean, variance */
    for (uint32_t i = 0; i < 4; i++) {
        enum assay_status status = assay_input_floats(l, node, i + 1, &p[i]);
        if (status)
            return status;
    }
    double *scale = assay_region_alloc(&l->scratch, (size_t)c, sizeof *scale);
    double *shift = assay_region_alloc(&l->scratch, (size_t)c, sizeof *shift);
    if (!scale || !shift)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < c; i++) {
        const double variance = (double)p[3][i] + epsilon;
        if (!(variance > 0))
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "variance + epsilon of channel %" PRId64
                                   " is not positive (%g)",
                                   i, variance);
        scale[i] = (double)p[0][i] / sqrt(variance);
        shift[i] = (double)p[1][i] - (double)p[2][i] * scale[i];
    }
    const struct assay_order shape = {x->size[0], c,
                                      assay_dims_product(x, 2, x->rank)};
    return assay_lower_affine(l, node, 0, shape, scale, shift);
}

const struct assay_operator assay_operators_conv[] = {
    {"Conv", 1, ASSAY_OPSET_MAX, 2, 3, 1, conv_rules, conv_infer, NULL,
     conv_lower},
    {"BatchNormalization", 7, ASSAY_OPSET_MAX, 5, 5, 5, norm_rules, norm_infer,
     NULL, norm_lower},
    {0},
};
