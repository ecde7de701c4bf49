/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions of one operand, and softmax.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "suites/model/lower.h"

static const struct assay_attribute_rule no_rules[] = {{0}};
static const struct assay_attribute_rule clip_rules[] = {
    {"min", 'f'}, {"max", 'f'}, {0}};
static const struct assay_attribute_rule axis_rules[] = {{"axis", 'i'}, {0}};

/* Activations that kernels know. */
static enum assay_status act_lower(struct assay_lowering *l,
                                   const struct assay_node *node)
{
    static const struct {
        const char *name;
        enum assay_act act;
    } acts[] = {{"Relu", ASSAY_ACT_RELU},
                {"Sigmoid", ASSAY_ACT_SIGMOID},
                {"Tanh", ASSAY_ACT_TANH},
                {"HardSwish", ASSAY_ACT_HARDSWISH},
                {"Gelu", ASSAY_ACT_GELU}};
    size_t i = 0;
    while (strcmp(node->op->name, acts[i].name) != 0)
        i++;
    return assay_lower_act(l, node, acts[i].act);
}

static enum assay_status gelu_tanh_lower(struct assay_lowering *l,
                                         const struct assay_node *node)
{
    return assay_lower_act(l, node, ASSAY_ACT_GELU_TANH);
}

static enum assay_status erf_lower(struct assay_lowering *l,
                                   const struct assay_node *node)
{
    return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                           "is supported only as a part of GELU, "
                           "x/2 * (1 + Erf(x / sqrt 2))");
}

/* Powers of x, and of a number: x^exponent, or base^x. */
static enum assay_status power_lower(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    const char *name = node->op->name;
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_order order = l->places[node->inputs[0]].order;
    const bool exp = strcmp(name, "Exp") == 0;
    struct assay_lower_binary b = {.kind = ASSAY_BINARY_POW,
                                   .dims = {1, 1, 1, assay_dims_count(x)}};
    unsigned input, number;
    const float value = exp                         ? 2.71828183f
                        : strcmp(name, "Sqrt") == 0 ? 0.5f
                                                    : -1.0f;
    enum assay_status status = assay_lower_input_f32(l, node, 0, order, &input);
    if (!status)
        status = assay_lower_scalar(l, value, &number);
    b.a = exp ? number : input;
    b.b = exp ? input : number;
    b.a_has = exp ? 0 : 15;
    b.b_has = exp ? 15 : 0;
    if (!status)
        status = assay_lower_binary(l, node, &b, &input);
    if (!status && assay_input(l, node, 0)->element == ASSAY_ELEMENT_FLOAT16)
        status = assay_lower_f16(l, node, assay_dims_count(x), &input);
    return status ? status : assay_lower_put(l, node, 0, input, order);
}

static enum assay_status power_fold(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const int64_t n = assay_dims_count(&x->dims);
    const float *from = x->data;
    if (x->element != ASSAY_ELEMENT_FLOAT)
        return ASSAY_OK;
    float *to = assay_fold(l, node);
    if (!to)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < n; i++)
        to[i] = node->op->name[0] == 'E'   ? expf(from[i])
                : node->op->name[0] == 'S' ? sqrtf(from[i])
                                           : 1 / from[i];
    return ASSAY_OK;
}

/* Beyond the smallest normal numbers ±1, and 0 for 0. Between bytes of signs
 * it is no operator of its own: simplify_sign.c. */
static enum assay_status ones_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const int64_t n = assay_dims_count(&assay_input(l, node, 0)->dims);
    const struct assay_order order = l->places[node->inputs[0]].order;
    unsigned tensor;
    enum assay_status status =
        assay_lower_input_f32(l, node, 0, order, &tensor);
    if (!status)
        status = assay_lower_with_scalar(l, node, ASSAY_BINARY_MUL, n, 0x1p126f,
                                         &tensor);
    if (!status)
        status =
            assay_lower_with_scalar(l, node, ASSAY_BINARY_MAX, n, -1, &tensor);
    if (!status)
        status =
            assay_lower_with_scalar(l, node, ASSAY_BINARY_MIN, n, 1, &tensor);
    if (!status && assay_input(l, node, 0)->element == ASSAY_ELEMENT_FLOAT16)
        status = assay_lower_f16(l, node, n, &tensor);
    return status ? status : assay_lower_put(l, node, 0, tensor, order);
}

/* -x, or max(x, -x). */
static enum assay_status sign_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const int64_t n = assay_dims_count(&assay_input(l, node, 0)->dims);
    const struct assay_order order = l->places[node->inputs[0]].order;
    struct assay_lower_binary max = {.kind = ASSAY_BINARY_MAX,
                                     .dims = {1, 1, 1, n},
                                     .a_has = 15,
                                     .b_has = 15};
    enum assay_status status = assay_lower_input_f32(l, node, 0, order, &max.a);
    max.b = max.a;
    if (!status)
        status =
            assay_lower_with_scalar(l, node, ASSAY_BINARY_MUL, n, -1, &max.b);
    if (!status && node->op->name[0] == 'A')
        status = assay_lower_binary(l, node, &max, &max.b);
    if (!status && assay_input(l, node, 0)->element == ASSAY_ELEMENT_FLOAT16)
        status = assay_lower_f16(l, node, n, &max.b);
    return status ? status : assay_lower_put(l, node, 0, max.b, order);
}

/* Clip of integers is supported only of bytes. */
static enum assay_status clip_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct assay_tensor *y = assay_input(l, node, i);
        if (y && y->element != x->element)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "its bounds are not of its input's type");
        if (y && i && assay_dims_count(&y->dims) != 1)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "bound %" PRIu32 " is not a scalar", i);
    }
    if (!assay_element_is_float(x->element) &&
        !assay_element_is_byte(x->element))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its input is of %s; float is supported",
                               assay_element_name(x->element));
    return assay_infer(l, node, x->element, &x->dims);
}

/* The bound at input `i`, unchanged if it is absent. */
static enum assay_status bound(struct assay_lowering *l,
                               const struct assay_node *node, uint32_t i,
                               float *value)
{
    const struct assay_tensor *x = assay_input(l, node, i);
    const float *values;
    if (!x)
        return ASSAY_OK;
    if (x->data && x->element == ASSAY_ELEMENT_INT8) {
        *value = *(const int8_t *)x->data;
        return ASSAY_OK;
    }
    if (x->data && x->element == ASSAY_ELEMENT_UINT8) {
        *value = *(const uint8_t *)x->data;
        return ASSAY_OK;
    }
    enum assay_status status = assay_input_floats(l, node, i, &values);
    if (!status)
        *value = values[0];
    return status;
}

/* Any bounds: a maximum and a minimum. */
static enum assay_status append_clip(struct assay_lowering *l,
                                     const struct assay_node *node, float low,
                                     float high)
{
    const int64_t n = assay_dims_count(&assay_input(l, node, 0)->dims);
    const struct assay_order order = l->places[node->inputs[0]].order;
    unsigned tensor;
    enum assay_status status =
        assay_lower_input_f32(l, node, 0, order, &tensor);
    if (!status && low > -INFINITY)
        status =
            assay_lower_with_scalar(l, node, ASSAY_BINARY_MAX, n, low, &tensor);
    if (!status && high < INFINITY)
        status = assay_lower_with_scalar(l, node, ASSAY_BINARY_MIN, n, high,
                                         &tensor);
    if (!status && assay_input(l, node, 0)->element == ASSAY_ELEMENT_FLOAT16)
        status = assay_lower_f16(l, node, n, &tensor);
    return status ? status : assay_lower_put(l, node, 0, tensor, order);
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
    if (!(low <= high) && !isnan(low) && !isnan(high))
        low = high; /* as NumPy's clip, and ONNX */
    if (isnan(low) || isnan(high))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "bounds %g and %g", (double)low, (double)high);
    const bool real = assay_element_is_float(assay_input(l, node, 0)->element);
    if (real && low == 0.0f && high == 6.0f)
        return assay_lower_act(l, node, ASSAY_ACT_RELU6);
    if (real && low == 0.0f && high >= 3.4028234e38f)
        return assay_lower_act(l, node, ASSAY_ACT_RELU);
    if (low == -INFINITY && high == INFINITY)
        return assay_lower_alias(l, node);
    return append_clip(l, node, low, high);
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
    assay_problem_init(&run.problem, ASSAY_OP_SOFTMAX,
                       assay_lower_type(l, node->inputs[0]));
    run.problem.as.softmax =
        (struct assay_softmax){.rows = shape.n * shape.hw, .cols = shape.c};
    return assay_lower_run(l, node, &run, order);
}

const struct assay_operator assay_operator_gelu = {
    "Gelu", 1,        ASSAY_OPSET_MAX,  1,    1,
    1,      no_rules, assay_infer_same, NULL, act_lower,
};

const struct assay_operator assay_operator_gelu_tanh = {
    "Gelu", 1,        ASSAY_OPSET_MAX,  1,    1,
    1,      no_rules, assay_infer_same, NULL, gelu_tanh_lower,
};

const struct assay_operator assay_operators_elementwise[] = {
#define ROW(name, since, fold, lower)                                          \
    {                                                                          \
        name, since, ASSAY_OPSET_MAX, 1, 1, 1, no_rules, assay_infer_same,     \
            fold, lower                                                        \
    }
    ROW("Relu", 1, NULL, act_lower),
    ROW("Sigmoid", 1, NULL, act_lower),
    ROW("Tanh", 1, NULL, act_lower),
    ROW("HardSwish", 14, NULL, act_lower),
    ROW("Sqrt", 6, power_fold, power_lower),
    ROW("Reciprocal", 6, power_fold, power_lower),
    ROW("Exp", 6, power_fold, power_lower),
    ROW("Neg", 6, NULL, sign_lower),
    ROW("Abs", 6, NULL, sign_lower),
    ROW("Sign", 9, NULL, ones_lower),
    ROW("Erf", 9, NULL, erf_lower),
#undef ROW
    {"Clip", 1, 10, 1, 1, 1, clip_rules, clip_infer, NULL, clip_lower},
    {"Clip", 11, ASSAY_OPSET_MAX, 1, 3, 1, no_rules, clip_infer, NULL,
     clip_lower},
    {"Softmax", 1, ASSAY_OPSET_MAX, 1, 1, 1, axis_rules, softmax_infer, NULL,
     softmax_lower},
    {0},
};
