/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums, differences, products, averages and functions of bytes, which QDQ
 * models have.
 */
#include <math.h>
#include <string.h>

#include "suites/model/op_pool.h"
#include "suites/model/op_quant.h"

static const struct assay_attribute_rule no_rules[] = {{0}};

/* The bounds of the output: its type's, or an activation's. */
static void set_bounds(const struct assay_node *node,
                       const struct assay_scaling *y, int64_t *low,
                       int64_t *high)
{
    *low = -128;
    *high = 127;
    if (node->act == ASSAY_ACT_RELU || node->act == ASSAY_ACT_RELU6)
        *low = y->zero[0];
    if (node->act == ASSAY_ACT_RELU6) {
        const double six = rint(6 / (double)y->scale[0]) + y->zero[0];
        *high = six < 127 ? (int64_t)six : 127;
    }
}

static enum assay_status read_scaling(struct assay_lowering *l,
                                      const struct assay_node *node,
                                      struct assay_scaling *a,
                                      struct assay_scaling *b,
                                      struct assay_scaling *y)
{
    enum assay_status status =
        assay_scaling_read(l, node, ASSAY_Q_X_SCALE, ASSAY_Q_X_ZERO,
                           assay_input(l, node, ASSAY_Q_X)->element, a);
    if (!status)
        status =
            assay_scaling_read(l, node, ASSAY_Q_W_SCALE, ASSAY_Q_W_ZERO,
                               assay_input(l, node, ASSAY_Q_W)->element, b);
    if (!status)
        status = assay_scaling_read(l, node, ASSAY_Q_Y_SCALE, ASSAY_Q_Y_ZERO,
                                    l->tensors[node->outputs[0]].element, y);
    return status;
}

static enum assay_status pair_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_order order = l->places[node->inputs[0]].order;
    struct assay_scaling a, b, y;
    struct assay_run run = {0};
    enum assay_status status = read_scaling(l, node, &a, &b, &y);
    if (!status)
        status = assay_lower_input(l, node, ASSAY_Q_X, order, &run.inputs[0]);
    if (!status)
        status = assay_lower_input(l, node, ASSAY_Q_W, order, &run.inputs[1]);
    float *scales = assay_region_alloc(l->kept, 3, sizeof *scales);
    if (status || !scales)
        return status ? status : ASSAY_NOMEM;
    scales[0] = a.scale[0];
    scales[1] = b.scale[0];
    scales[2] = y.scale[0];
    run.constants[0] = scales;
    assay_problem_init(&run.problem, ASSAY_OP_BINARY, ASSAY_S8);
    struct assay_binary *p = &run.problem.as.binary;
    p->kind = node->op->name[0] == 'A'   ? ASSAY_BINARY_ADD
              : node->op->name[0] == 'S' ? ASSAY_BINARY_SUB
                                         : ASSAY_BINARY_MUL;
    p->d0 = p->d1 = p->d2 = 1;
    p->d3 = assay_dims_count(&assay_input(l, node, 0)->dims);
    p->a0 = p->a1 = p->a2 = p->a3 = 1;
    p->b0 = p->b1 = p->b2 = p->b3 = 1;
    p->a_zero = a.zero[0];
    p->b_zero = b.zero[0];
    p->y_zero = y.zero[0];
    set_bounds(node, &y, &p->low, &p->high);
    return assay_lower_run(l, node, &run, order);
}

/* node->function of input X, as a table. */
static enum assay_status function_lower(struct assay_lowering *l,
                                        const struct assay_node *node)
{
    const struct assay_order order = l->places[node->inputs[0]].order;
    struct assay_scaling a, b, y;
    struct assay_run run = {0};
    enum assay_status status = read_scaling(l, node, &a, &b, &y);
    if (!status)
        status = assay_lower_input(l, node, ASSAY_Q_X, order, &run.inputs[0]);
    float *scales = assay_region_alloc(l->kept, 2, sizeof *scales);
    if (status || !scales)
        return status ? status : ASSAY_NOMEM;
    scales[0] = a.scale[0];
    scales[1] = y.scale[0];
    run.constants[0] = scales;
    assay_problem_init(&run.problem, ASSAY_OP_UNARY, ASSAY_S8);
    struct assay_unary f, *u = &run.problem.as.unary;
    assay_unary_of(node->function, node, &f);
    u->n = assay_dims_count(&assay_input(l, node, 0)->dims);
    u->act = f.act;
    if (f.act >= ASSAY_ACTS) {
        u->alpha = f.alpha;
        u->beta = f.beta;
        u->low = f.low;
        u->high = f.high;
    }
    u->x_zero = a.zero[0];
    u->y_zero = y.zero[0];
    return assay_lower_run(l, node, &run, order);
}

static enum assay_status append_pool(struct assay_lowering *l,
                                     const struct assay_node *node,
                                     const struct assay_window *w,
                                     bool count_pad)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const int64_t n = x->size[0], c = x->size[1];
    struct assay_scaling a, b, y;
    struct assay_pool plane, depth;
    struct assay_run run = {0};
    enum assay_status status = read_scaling(l, node, &a, &b, &y);
    if (!status)
        status = assay_lower_input(
            l, node, 0, assay_order_of(n, c, w->image[1] * w->image[2]),
            &run.inputs[0]);
    if (status)
        return status;
    assay_pool_passes(w, n, c, ASSAY_POOL_AVERAGE, count_pad, &plane, &depth);
    plane.ratio = (double)a.scale[0] / (double)y.scale[0];
    plane.x_zero = a.zero[0];
    plane.y_zero = y.zero[0];
    set_bounds(node, &y, &plane.low, &plane.high);
    assay_pool_problem(&plane, ASSAY_S8, &run.problem);
    return assay_lower_run(l, node, &run,
                           assay_order_of(n, c, w->count[1] * w->count[2]));
}

static enum assay_status pool_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    struct assay_window w;
    enum assay_status status =
        assay_window_read(l, node, &assay_input(l, node, 0)->dims, NULL, &w);
    return status
               ? status
               : append_pool(l, node, &w,
                             assay_node_int(node, "count_include_pad", 0) != 0);
}

static enum assay_status global_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_window w = {
        .image = {1, x->size[2], x->size[3]},
        .size = {1, x->size[2], x->size[3]},
        .stride = {1, 1, 1},
        .dilation = {1, 1, 1},
        .count = {1, 1, 1},
    };
    return append_pool(l, node, &w, false);
}

#define PATTERN(name, lower)                                                   \
    {                                                                          \
        name, 10, ASSAY_OPSET_MAX, ASSAY_Q_INPUTS, ASSAY_Q_INPUTS, 1,          \
            no_rules, NULL, NULL, lower                                        \
    }
const struct assay_operator assay_operator_q_add = PATTERN("Add", pair_lower);
const struct assay_operator assay_operator_q_sub = PATTERN("Sub", pair_lower);
const struct assay_operator assay_operator_q_mul = PATTERN("Mul", pair_lower);
const struct assay_operator assay_operator_q_function =
    PATTERN("Function", function_lower);
const struct assay_operator assay_operator_q_pool =
    PATTERN("AveragePool", pool_lower);
const struct assay_operator assay_operator_q_global =
    PATTERN("GlobalAveragePool", global_lower);
