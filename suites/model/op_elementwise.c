/* SPDX-License-Identifier: Apache-2.0
 *
 * Activations, arithmetic of two operands, softmax.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "suites/model/lower.h"

static const struct assay_attribute_rule no_rules[] = {{0}};
static const struct assay_attribute_rule clip_rules[] = {
    {"min", 'f'}, {"max", 'f'}, {0}};
static const struct assay_attribute_rule axis_rules[] = {{"axis", 'i'}, {0}};

static enum assay_status relu_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    return assay_lower_act(l, node, ASSAY_ACT_RELU);
}

static enum assay_status sigmoid_lower(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    return assay_lower_act(l, node, ASSAY_ACT_SIGMOID);
}

static enum assay_status gelu_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    return assay_lower_act(l, node, ASSAY_ACT_GELU);
}

static enum assay_status erf_lower(struct assay_lowering *l,
                                   const struct assay_node *node)
{
    return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                           "is supported only as a part of GELU, "
                           "x/2 * (1 + Erf(x / sqrt 2))");
}

/* The bound at input `i`, or `standard`. */
static enum assay_status bound(struct assay_lowering *l,
                               const struct assay_node *node, uint32_t i,
                               float *value)
{
    const struct assay_tensor *x = assay_input(l, node, i);
    const float *values;
    if (!x)
        return ASSAY_OK;
    enum assay_status status = assay_input_floats(l, node, i, &values);
    if (status)
        return status;
    if (assay_dims_count(&x->dims) != 1)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "bound %" PRIu32 " is not a scalar", i);
    *value = values[0];
    return ASSAY_OK;
}

static enum assay_status clip_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    float low = assay_node_float(node, "min", -INFINITY);
    float high = assay_node_float(node, "max", INFINITY);
    enum assay_status status = bound(l, node, 1, &low);
    if (!status)
        status = bound(l, node, 2, &high);
    if (status)
        return status;
    if (low == 0.0f && high == 6.0f)
        return assay_lower_act(l, node, ASSAY_ACT_RELU6);
    if (low == 0.0f && high >= 3.4028234e38f)
        return assay_lower_act(l, node, ASSAY_ACT_RELU);
    return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                           "bounds %g and %g; 0 and 6, or 0 alone, are "
                           "supported",
                           (double)low, (double)high);
}

static enum assay_status binary_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_tensor *a = assay_input(l, node, 0);
    const struct assay_tensor *b = assay_input(l, node, 1);
    struct assay_dims dims = {
        .rank = a->dims.rank > b->dims.rank ? a->dims.rank : b->dims.rank};
    if (a->element != b->element || a->element == ASSAY_ELEMENT_BOOL)
        return assay_node_fail(
            l->model, node, ASSAY_INVALID, "operands of %s and %s",
            assay_element_name(a->element), assay_element_name(b->element));
    for (int i = 0; i < dims.rank; i++) {
        const int ia = i - (dims.rank - a->dims.rank);
        const int ib = i - (dims.rank - b->dims.rank);
        const int64_t sa = ia < 0 ? 1 : a->dims.size[ia];
        const int64_t sb = ib < 0 ? 1 : b->dims.size[ib];
        if (sa != sb && sa != 1 && sb != 1)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "operands whose dimensions %d are %" PRId64
                                   " and %" PRId64,
                                   i, sa, sb);
        dims.size[i] = sa == 1 ? sb : sa;
    }
    return assay_infer(l, node, a->element, &dims);
}

/* Two computed operands: only their sum, and only of equal shapes. */
static enum assay_status append_add(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const struct assay_order order = l->places[node->inputs[0]].order;
    struct assay_run run = {0};
    if (strcmp(node->op->name, "Add") != 0 ||
        !assay_dims_equal(a, &assay_input(l, node, 1)->dims))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "of two computed tensors is supported only as "
                               "Add of equal shapes");
    enum assay_status status =
        assay_lower_input(l, node, 0, order, &run.inputs[0]);
    if (!status)
        status = assay_lower_input(l, node, 1, order, &run.inputs[1]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_ADD, ASSAY_F32);
    run.problem.as.add = (struct assay_add){.n = assay_dims_count(a)};
    return assay_lower_run(l, node, &run, order);
}

/* The range of dimensions of x along which the constant c differs: outside of
 * it, c is repeated. A scalar counts as one that differs along the channels. */
static void varying(const struct assay_lowering *l, uint32_t value,
                    const struct assay_dims *x, const struct assay_dims *c,
                    int *first, int *end)
{
    const int shift = x->rank - c->rank;
    *first = x->rank;
    *end = 0;
    for (int i = 0; i < c->rank; i++) {
        if (c->size[i] == 1)
            continue;
        *first = i + shift < *first ? i + shift : *first;
        *end = i + shift + 1;
    }
    if (*end == 0) {
        const bool images = l->places[value].order.c > 0;
        *first = x->rank == 0 ? 0 : images ? 1 : x->rank - 1;
        *end = x->rank == 0 ? 0 : *first + 1;
    }
}

/* Element of c, repeated, at place `at` of dimensions first … end - 1. */
static int64_t repeated(const struct assay_dims *x, const struct assay_dims *c,
                        int first, int end, int64_t at)
{
    int64_t index = 0, stride = 1;
    for (int i = end - 1; i >= first; i--) {
        const int j = i - (x->rank - c->rank);
        const int64_t here = at % x->size[i];
        at /= x->size[i];
        if (j < 0)
            continue;
        index += c->size[j] == 1 ? 0 : here * stride;
        stride *= c->size[j];
    }
    return index;
}

/* One operand is constant: x times scale plus shift. */
static enum assay_status append_constant(struct assay_lowering *l,
                                         const struct assay_node *node,
                                         uint32_t computed)
{
    const struct assay_tensor *x = assay_input(l, node, computed);
    const struct assay_tensor *c = assay_input(l, node, !computed);
    const char op = node->op->name[0];
    const float *values = c->data;
    int first, end;
    if (!assay_dims_equal(&l->tensors[node->outputs[0]].dims, &x->dims) ||
        x->element != ASSAY_ELEMENT_FLOAT)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "a constant that enlarges the computed operand "
                               "is not supported");
    if (op == 'D' && computed == 1)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "dividing a constant by a computed tensor is "
                               "not supported");
    varying(l, node->inputs[computed], &x->dims, &c->dims, &first, &end);
    const int64_t n = assay_dims_product(&x->dims, first, end);
    double *scale = assay_region_alloc(&l->scratch, (size_t)n, sizeof *scale);
    double *shift = assay_region_alloc(&l->scratch, (size_t)n, sizeof *shift);
    if (!scale || !shift)
        return ASSAY_NOMEM;
    bool same = true;
    for (int64_t i = 0; i < n; i++) {
        const double v =
            (double)values[repeated(&x->dims, &c->dims, first, end, i)];
        scale[i] = op == 'M' ? v : op == 'D' ? 1 / v : 1;
        shift[i] = op == 'A' ? v : op == 'S' ? -v : 0;
        if (op == 'S' && computed == 1) {
            scale[i] = -1;
            shift[i] = v;
        }
        same = same && scale[i] == 1 && shift[i] == 0;
    }
    if (same && computed == 0)
        return assay_lower_alias(l, node);
    const struct assay_order shape = {
        assay_dims_product(&x->dims, 0, first), n,
        assay_dims_product(&x->dims, end, x->dims.rank)};
    return assay_lower_affine(l, node, computed, shape, scale, shift);
}

static enum assay_status binary_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    if (assay_input(l, node, 1)->data)
        return append_constant(l, node, 0);
    if (assay_input(l, node, 0)->data)
        return append_constant(l, node, 1);
    return append_add(l, node);
}

/* The dimensions before, in and behind the axis (since opset 13), or before
 * and from the axis on (until then). */
static enum assay_status softmax_shape(const struct assay_lowering *l,
                                       const struct assay_node *node,
                                       struct assay_order *shape)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const bool old = l->model->opset < 13;
    int axis;
    enum assay_status status = assay_axis(
        l, node, assay_node_int(node, "axis", old ? 1 : -1), x->rank, &axis);
    if (status)
        return status;
    const int end = old ? x->rank : axis + 1;
    *shape = (struct assay_order){assay_dims_product(x, 0, axis),
                                  assay_dims_product(x, axis, end),
                                  assay_dims_product(x, end, x->rank)};
    return ASSAY_OK;
}

static enum assay_status softmax_infer(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    struct assay_order shape;
    enum assay_status status = softmax_shape(l, node, &shape);
    return status ? status : assay_infer_same(l, node);
}

static enum assay_status softmax_lower(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    struct assay_order shape;
    struct assay_run run = {0};
    enum assay_status status = softmax_shape(l, node, &shape);
    if (status)
        return status;
    const struct assay_order order = assay_order_of(shape.n, shape.c, shape.hw);
    status = assay_lower_input(l, node, 0, order, &run.inputs[0]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_SOFTMAX, ASSAY_F32);
    run.problem.as.softmax =
        (struct assay_softmax){.rows = shape.n * shape.hw, .cols = shape.c};
    return assay_lower_run(l, node, &run, order);
}

const struct assay_operator assay_operator_gelu = {
    "Gelu", 1,        ASSAY_OPSET_MAX,  1,    1,
    1,      no_rules, assay_infer_same, NULL, gelu_lower,
};

const struct assay_operator assay_operators_elementwise[] = {
    {"Relu", 1, ASSAY_OPSET_MAX, 1, 1, 1, no_rules, assay_infer_same, NULL,
     relu_lower},
    {"Sigmoid", 1, ASSAY_OPSET_MAX, 1, 1, 1, no_rules, assay_infer_same, NULL,
     sigmoid_lower},
    {"Clip", 1, 10, 1, 1, 1, clip_rules, assay_infer_same, NULL, clip_lower},
    {"Clip", 11, ASSAY_OPSET_MAX, 1, 3, 1, no_rules, assay_infer_same, NULL,
     clip_lower},
    {"Erf", 9, ASSAY_OPSET_MAX, 1, 1, 1, no_rules, assay_infer_same, NULL,
     erf_lower},
    {"Add", 7, ASSAY_OPSET_MAX, 2, 2, 1, no_rules, binary_infer,
     assay_fold_binary, binary_lower},
    {"Sub", 7, ASSAY_OPSET_MAX, 2, 2, 1, no_rules, binary_infer,
     assay_fold_binary, binary_lower},
    {"Mul", 7, ASSAY_OPSET_MAX, 2, 2, 1, no_rules, binary_infer,
     assay_fold_binary, binary_lower},
    {"Div", 7, ASSAY_OPSET_MAX, 2, 2, 1, no_rules, binary_infer,
     assay_fold_binary, binary_lower},
    {"Softmax", 1, ASSAY_OPSET_MAX, 1, 1, 1, axis_rules, softmax_infer, NULL,
     softmax_lower},
    {0},
};
