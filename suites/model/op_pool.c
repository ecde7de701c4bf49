/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools, and means over neighbouring dimensions, which are average pools.
 */
#include <inttypes.h>
#include <string.h>

#include "suites/model/op_window.h"

static const struct assay_attribute_rule pool_rules[] = {
    ASSAY_WINDOW_RULES,
    {"ceil_mode", 'i'},
    {"count_include_pad", 'i'},
    {"storage_order", 'i'},
    {0},
};

static const struct assay_attribute_rule no_rules[] = {{0}};

static const struct assay_attribute_rule reduce_rules[] = {
    {"axes", 'I'},
    {"keepdims", 'i'},
    {"noop_with_empty_axes", 'i'},
    {0},
};

static enum assay_status check_image(const struct assay_lowering *l,
                                     const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    if (x->dims.rank != 4)
        return assay_node_fail(l->model, node,
                               x->dims.rank < 3 ? ASSAY_INVALID
                                                : ASSAY_UNSUPPORTED,
                               "its input has %d dimensions; images of 4 are "
                               "supported",
                               x->dims.rank);
    return ASSAY_OK;
}

static bool is_max(const struct assay_node *node)
{
    return strstr(node->op->name, "Max") != NULL;
}

static enum assay_status pool_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    struct assay_window window = {0};
    enum assay_status status = check_image(l, node);
    if (!status)
        status = assay_infer_alone(l, node);
    struct assay_dims dims = assay_input(l, node, 0)->dims;
    if (!status)
        status = assay_window_read(l, node, dims.size + 2, &window);
    if (status)
        return status;
    if (!is_max(node) && assay_node_int(node, "ceil_mode", 0) &&
        assay_node_int(node, "count_include_pad", 0))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "ceil_mode together with count_include_pad is "
                               "not supported");
    dims.size[2] = window.count[0];
    dims.size[3] = window.count[1];
    return assay_infer(l, node, ASSAY_ELEMENT_FLOAT, &dims);
}

/* Append a pool of images [n][h][w][c]; `shape` is what it makes. */
static enum assay_status append(struct assay_lowering *l,
                                const struct assay_node *node,
                                const struct assay_pool *pool,
                                struct assay_order shape)
{
    struct assay_run run = {0};
    enum assay_status status = assay_lower_input(
        l, node, 0, assay_order_of(pool->n, pool->c, pool->h * pool->w),
        &run.inputs[0]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_POOL, ASSAY_F32);
    run.problem.as.pool = *pool;
    return assay_lower_run(l, node, &run, shape);
}

static enum assay_status pool_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    struct assay_window w = {0};
    enum assay_status status = assay_window_read(l, node, x->size + 2, &w);
    if (status)
        return status;
    struct assay_pool pool = {
        .kind = is_max(node) ? ASSAY_POOL_MAX : ASSAY_POOL_AVERAGE,
        .n = x->size[0],
        .h = x->size[2],
        .w = x->size[3],
        .c = x->size[1],
        .r = w.size[0],
        .s = w.size[1],
        .stride_h = w.stride[0],
        .stride_w = w.stride[1],
        .pad_top = w.before[0],
        .pad_left = w.before[1],
        .pad_bottom = w.after[0],
        .pad_right = w.after[1],
        .dil_h = w.dilation[0],
        .dil_w = w.dilation[1],
        .count_pad =
            !is_max(node) && assay_node_int(node, "count_include_pad", 0) != 0,
        ASSAY_POOL_UNSCALED,
    };
    return append(
        l, node, &pool,
        assay_order_of(x->size[0], x->size[1], w.count[0] * w.count[1]));
}

static enum assay_status global_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    enum assay_status status = check_image(l, node);
    if (status)
        return status;
    struct assay_dims dims = assay_input(l, node, 0)->dims;
    dims.size[2] = dims.size[3] = 1;
    return assay_infer(l, node, ASSAY_ELEMENT_FLOAT, &dims);
}

static enum assay_status append_global(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       enum assay_pool_kind kind, int64_t n,
                                       int64_t c, int64_t h, int64_t w)
{
    struct assay_pool pool = {
        .kind = kind,
        .n = n,
        .h = h,
        .w = w,
        .c = c,
        .r = h,
        .s = w,
        .stride_h = 1,
        .stride_w = 1,
        .dil_h = 1,
        .dil_w = 1,
        ASSAY_POOL_UNSCALED,
    };
    return append(l, node, &pool, assay_order_of(n, c, 1));
}

static enum assay_status global_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    return append_global(l, node,
                         is_max(node) ? ASSAY_POOL_MAX : ASSAY_POOL_AVERAGE,
                         x->size[0], x->size[1], x->size[2], x->size[3]);
}

/* The axes of a reduction as one range first … end - 1. */
static enum assay_status read_axes(const struct assay_lowering *l,
                                   const struct assay_node *node, int *first,
                                   int *end)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_attribute *a = assay_node_find(node, "axes");
    int64_t axes[ASSAY_RANK_MAX];
    int n = 0;
    bool reduced[ASSAY_RANK_MAX] = {false};
    enum assay_status status = ASSAY_OK;
    if (l->model->opset >= 18 ? a != NULL : node->n_inputs > 1)
        return assay_node_fail(
            l->model, node, ASSAY_INVALID, "axes are %s in opset %d",
            a ? "an input" : "an attribute", l->model->opset);
    if (assay_input(l, node, 1))
        status = assay_input_ints(l, node, 1, axes, &n);
    else if (a && a->n > ASSAY_RANK_MAX)
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "%zu axes are too many", a->n);
    else if (a)
        memcpy(axes, a->ints, a->n * sizeof *axes), n = (int)a->n;
    for (int i = 0; !status && i < n; i++) {
        int axis;
        status = assay_axis(l, node, axes[i], x->rank, &axis);
        if (!status && reduced[axis])
            status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                     "axis %d is given twice", axis);
        if (!status)
            reduced[axis] = true;
    }
    if (status)
        return status;
    *first = *end = 0;
    for (int i = x->rank - 1; i >= 0; i--)
        if (reduced[i] || n == 0)
            *first = i;
    for (int i = 0; i < x->rank; i++)
        if (reduced[i] || n == 0)
            *end = i + 1;
    for (int i = *first; i < *end; i++)
        if (n && !reduced[i])
            *first = 0; /* a gap: refused below */
    if (*first == 0)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "a mean over the batch or over axes that are "
                               "not neighbours is not supported");
    return ASSAY_OK;
}

static enum assay_status mean_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const bool keep = assay_node_int(node, "keepdims", 1) != 0;
    struct assay_dims dims = {0};
    int first, end;
    enum assay_status status = read_axes(l, node, &first, &end);
    if (status)
        return status;
    for (int i = 0; i < x->dims.rank; i++) {
        const bool reduced = i >= first && i < end;
        if (!reduced || keep)
            dims.size[dims.rank++] = reduced ? 1 : x->dims.size[i];
    }
    return assay_infer(l, node, x->element, &dims);
}

static enum assay_status mean_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    int first, end;
    enum assay_status status = read_axes(l, node, &first, &end);
    if (status)
        return status;
    const int64_t h = x->size[first];
    const int64_t w = assay_dims_product(x, first + 1, end);
    const int64_t inner = assay_dims_product(x, end, x->rank);
    if (inner == 1)
        return append_global(l, node, ASSAY_POOL_AVERAGE, x->size[0],
                             assay_dims_product(x, 1, first), h, w);
    /* What follows the axes are the channels, and lies where it should. */
    struct assay_run run = {0};
    status =
        assay_lower_input(l, node, 0, assay_order_of(0, 0, 0), &run.inputs[0]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_POOL, ASSAY_F32);
    run.problem.as.pool = (struct assay_pool){
        .kind = ASSAY_POOL_AVERAGE,
        .n = assay_dims_product(x, 0, first),
        .h = h,
        .w = w,
        .c = inner,
        .r = h,
        .s = w,
        .stride_h = 1,
        .stride_w = 1,
        .dil_h = 1,
        .dil_w = 1,
        ASSAY_POOL_UNSCALED,
    };
    return assay_lower_run(l, node, &run, assay_order_of(0, 0, 0));
}

const struct assay_operator assay_operators_pool[] = {
    {"MaxPool", 1, ASSAY_OPSET_MAX, 1, 1, 2, pool_rules, pool_infer, NULL,
     pool_lower},
    {"AveragePool", 7, ASSAY_OPSET_MAX, 1, 1, 1, pool_rules, pool_infer, NULL,
     pool_lower},
    {"GlobalAveragePool", 1, ASSAY_OPSET_MAX, 1, 1, 1, no_rules, global_infer,
     NULL, global_lower},
    {"GlobalMaxPool", 1, ASSAY_OPSET_MAX, 1, 1, 1, no_rules, global_infer, NULL,
     global_lower},
    {"ReduceMean", 1, ASSAY_OPSET_MAX, 1, 2, 1, reduce_rules, mean_infer, NULL,
     mean_lower},
    {0},
};
