/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools, of parts of images and of whole ones.
 */
#include <inttypes.h>
#include <string.h>

#include "suites/model/op_pool.h"

static const struct assay_attribute_rule pool_rules[] = {
    ASSAY_WINDOW_RULES,
    {"ceil_mode", 'i'},
    {"count_include_pad", 'i'},
    {"storage_order", 'i'},
    {0},
};

static const struct assay_attribute_rule no_rules[] = {{0}};

static bool is_max(const struct assay_node *node)
{
    return strstr(node->op->name, "Max") != NULL;
}

/* Bytes have maxima; averages of them need a scale. */
static enum assay_status check_type(const struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    if (assay_element_is_float(x->element) ||
        (is_max(node) && assay_element_is_byte(x->element)))
        return ASSAY_OK;
    return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                           "its input is of %s; float is supported",
                           assay_element_name(x->element));
}

static enum assay_status pool_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    struct assay_window window;
    const struct assay_tensor *x = assay_input(l, node, 0);
    enum assay_status status = check_type(l, node);
    if (!status)
        status = assay_window_read(l, node, &x->dims, NULL, &window);
    if (status)
        return status;
    if (!is_max(node) && assay_node_int(node, "ceil_mode", 0) &&
        assay_node_int(node, "count_include_pad", 0))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "ceil_mode together with count_include_pad is "
                               "not supported");
    const struct assay_dims dims =
        assay_window_dims(&window, &x->dims, x->dims.size[1]);
    const int64_t order = assay_node_int(node, "storage_order", 0);
    if (order != 0 && order != 1)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "storage_order is %" PRId64, order);
    status = assay_infer_output(l, node, 1, ASSAY_ELEMENT_INT64, &dims);
    return status ? status : assay_infer(l, node, x->element, &dims);
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
    assay_pool_problem(pool, assay_lower_type(l, node->inputs[0]),
                       &run.problem);
    return assay_lower_run(l, node, &run, shape);
}

void assay_pool_problem(const struct assay_pool *pool, enum assay_dtype dtype,
                        struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_POOL, dtype);
    problem->as.pool = *pool;
}

void assay_pool_passes(const struct assay_window *w, int64_t n, int64_t c,
                       enum assay_pool_kind kind, bool count_pad,
                       struct assay_pool *plane, struct assay_pool *depth)
{
    *plane = (struct assay_pool){
        .kind = kind,
        .n = n * w->image[0],
        .h = w->image[1],
        .w = w->image[2],
        .c = c,
        .r = w->size[1],
        .s = w->size[2],
        .stride_h = w->stride[1],
        .stride_w = w->stride[2],
        .pad_top = w->before[1],
        .pad_left = w->before[2],
        .pad_bottom = w->after[1],
        .pad_right = w->after[2],
        .dil_h = w->dilation[1],
        .dil_w = w->dilation[2],
        .count_pad = count_pad,
        ASSAY_POOL_UNSCALED,
    };
    *depth = (struct assay_pool){
        .kind = kind,
        .n = n,
        .h = w->image[0],
        .w = w->count[1] * w->count[2],
        .c = c,
        .r = w->size[0],
        .s = 1,
        .stride_h = w->stride[0],
        .stride_w = 1,
        .pad_top = w->before[0],
        .pad_bottom = w->after[0],
        .dil_h = w->dilation[0],
        .dil_w = 1,
        .count_pad = count_pad,
        ASSAY_POOL_UNSCALED,
    };
}

/* Output 1 of MaxPool. ONNX counts within the whole tensor, the kernel within
 * an image, row by row. */
static enum assay_status append_argmax(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       const struct assay_window *w)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const bool columns = assay_node_int(node, "storage_order", 0) == 1;
    struct assay_run run = {0}, turn = {0};
    struct assay_pool plane, depth;
    if (x->rank != 4 || x->size[0] * x->size[1] != 1 ||
        assay_lower_type(l, node->inputs[0]) != ASSAY_F32)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "indices are supported only for one image of "
                               "one channel and of float");
    enum assay_status status =
        assay_lower_input(l, node, 0, assay_order_of(0, 0, 0), &run.inputs[0]);
    struct assay_window v = *w;
    if (columns) {
        /* Column by column is row by row of the transposed image. */
        int64_t *const swaps[] = {v.image,  v.size,  v.stride, v.dilation,
                                  v.before, v.after, v.count};
        for (size_t i = 0; i < sizeof swaps / sizeof *swaps; i++) {
            const int64_t h = swaps[i][1];
            swaps[i][1] = swaps[i][2];
            swaps[i][2] = h;
        }
        if (!status)
            status = assay_lower_turn(l, node, w->image[1], w->image[2],
                                      &run.inputs[0]);
    }
    assay_pool_passes(&v, 1, 1, ASSAY_POOL_ARGMAX, false, &plane, &depth);
    assay_pool_problem(&plane, ASSAY_F32, &run.problem);
    if (!status)
        status = assay_lower_step(l, node, &run, &turn.inputs[0]);
    if (!status && columns)
        status =
            assay_lower_turn(l, node, v.count[1], v.count[2], &turn.inputs[0]);
    return status ? status
                  : assay_lower_put(l, node, 1, turn.inputs[0],
                                    assay_order_of(0, 0, 0));
}

static enum assay_status pool_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const int64_t n = x->size[0], c = x->size[1];
    struct assay_window w;
    struct assay_pool plane, depth;
    struct assay_run run = {0};
    enum assay_status status = assay_window_read(l, node, x, NULL, &w);
    if (!status && assay_output_used(l, node, 1))
        status = append_argmax(l, node, &w);
    if (status || l->uses[node->outputs[0]] == 0)
        return status;
    const bool count_pad =
        !is_max(node) && assay_node_int(node, "count_include_pad", 0) != 0;
    assay_pool_passes(&w, n, c,
                      is_max(node) ? ASSAY_POOL_MAX : ASSAY_POOL_AVERAGE,
                      count_pad, &plane, &depth);
    const struct assay_order order =
        assay_order_of(n, c, w.count[0] * w.count[1] * w.count[2]);
    if (w.size[0] == 1 && w.stride[0] == 1 && w.before[0] + w.after[0] == 0 &&
        w.image[0] == 1)
        return append(l, node, &plane, order);
    const enum assay_dtype dtype = assay_lower_type(l, node->inputs[0]);
    status = assay_lower_input(
        l, node, 0, assay_order_of(n, c, w.image[0] * w.image[1] * w.image[2]),
        &run.inputs[0]);
    assay_pool_problem(&plane, dtype, &run.problem);
    if (!status)
        status = assay_lower_step(l, node, &run, &run.inputs[0]);
    assay_pool_problem(&depth, dtype, &run.problem);
    return status ? status : assay_lower_run(l, node, &run, order);
}

static enum assay_status global_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    enum assay_status status = check_type(l, node);
    struct assay_dims dims = assay_input(l, node, 0)->dims;
    if (!status && dims.rank < 3)
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "its input has %d dimensions; 3 or more are "
                                 "needed",
                                 dims.rank);
    for (int i = 2; i < dims.rank; i++)
        dims.size[i] = 1;
    return status
               ? status
               : assay_infer(l, node, assay_input(l, node, 0)->element, &dims);
}

static enum assay_status global_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const int64_t w = assay_dims_product(x, 3, x->rank);
    const struct assay_pool pool = {
        .kind = is_max(node) ? ASSAY_POOL_MAX : ASSAY_POOL_AVERAGE,
        .n = x->size[0],
        .h = x->size[2],
        .w = w,
        .c = x->size[1],
        .r = x->size[2],
        .s = w,
        .stride_h = 1,
        .stride_w = 1,
        .dil_h = 1,
        .dil_w = 1,
        ASSAY_POOL_UNSCALED,
    };
    return append(l, node, &pool, assay_order_of(0, 0, 0));
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
    {0},
};
