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
static const struct assay_attribute_rule alpha_rules[] = {
    {"alpha", 'f'}, {"beta", 'f'}, {0}};
static const struct assay_attribute_rule axis_rules[] = {{"axis", 'i'}, {0}};

static const struct {
    const char *name;
    int function; /* enum assay_act or assay_function */
    double alpha, beta;
} functions[] = {
    {"Relu", ASSAY_ACT_RELU, 0, 0},
    {"Sigmoid", ASSAY_ACT_SIGMOID, 0, 0},
    {"Tanh", ASSAY_ACT_TANH, 0, 0},
    {"HardSwish", ASSAY_ACT_HARDSWISH, 0, 0},
    {"Gelu", ASSAY_ACT_GELU, 0, 0}, /* of patterns, these two */
    {"GeluTanh", ASSAY_ACT_GELU_TANH, 0, 0},
    {"Erf", ASSAY_FUNCTION_ERF, 0, 0},
    {"Sqrt", ASSAY_FUNCTION_SQRT, 0, 0},
    {"Exp", ASSAY_FUNCTION_EXP, 0, 0},
    {"Log", ASSAY_FUNCTION_LOG, 0, 0},
    {"Neg", ASSAY_FUNCTION_NEG, 0, 0},
    {"Abs", ASSAY_FUNCTION_ABS, 0, 0},
    {"Reciprocal", ASSAY_FUNCTION_RECIPROCAL, 0, 0},
    {"HardSigmoid", ASSAY_FUNCTION_HARDSIGMOID, 0.2, 0.5},
    {"LeakyRelu", ASSAY_FUNCTION_LEAKYRELU, 0.01, 0},
    {"Elu", ASSAY_FUNCTION_ELU, 1, 0},
    {"Softplus", ASSAY_FUNCTION_SOFTPLUS, 0, 0},
    {"Sign", ASSAY_FUNCTION_SIGN, 0, 0},
    {"Floor", ASSAY_FUNCTION_FLOOR, 0, 0},
    {"Ceil", ASSAY_FUNCTION_CEIL, 0, 0},
    {"Round", ASSAY_FUNCTION_ROUND, 0, 0},
};

bool assay_unary_of(const char *name, const struct assay_node *node,
                    struct assay_unary *unary)
{
    size_t i = 0;
    while (i < sizeof functions / sizeof *functions &&
           strcmp(name, functions[i].name) != 0)
        i++;
    if (i == sizeof functions / sizeof *functions)
        return false;
    *unary = (struct assay_unary){
        .act = functions[i].function,
        .alpha =
            (double)assay_node_float(node, "alpha", (float)functions[i].alpha),
        .beta =
            (double)assay_node_float(node, "beta", (float)functions[i].beta),
        .low = -INFINITY,
        .high = INFINITY,
    };
    return true;
}

/* Parameters of functions are numbers. */
static enum assay_status function_infer(struct assay_lowering *l,
                                        const struct assay_node *node)
{
    struct assay_unary f;
    assay_unary_of(node->op->name, node, &f);
    if (!isfinite(f.alpha) || !isfinite(f.beta))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "alpha %g or beta %g is no number", f.alpha,
                               f.beta);
    return assay_infer_same(l, node);
}

static enum assay_status function_lower(struct assay_lowering *l,
                                        const struct assay_node *node)
{
    struct assay_unary f;
    assay_unary_of(node->op->name, node, &f);
    return f.act < ASSAY_ACTS ? assay_lower_act(l, node, (enum assay_act)f.act)
                              : assay_lower_function(l, node, &f);
}

/* Constants that exporters compute shapes and scales with. */
static enum assay_status function_fold(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    struct assay_unary f;
    assay_unary_of(node->op->name, node, &f);
    const float *from = x->data;
    if (x->element != ASSAY_ELEMENT_FLOAT)
        return ASSAY_OK; /* lowered like any other */
    float *to = assay_fold(l, node);
    for (int64_t i = 0; to && i < assay_dims_count(&x->dims); i++)
        to[i] = (float)assay_unary_apply(&f, (double)from[i]);
    return to ? ASSAY_OK : ASSAY_NOMEM;
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

/* Any bounds; bytes are computed with as floats. */
static enum assay_status append_clip(struct assay_lowering *l,
                                     const struct assay_node *node, float low,
                                     float high)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const int64_t n = assay_dims_count(&x->dims);
    const struct assay_order order = l->places[node->inputs[0]].order;
    const struct assay_unary clip = {.n = n,
                                     .act = ASSAY_FUNCTION_CLIP,
                                     .low = (double)low,
                                     .high = (double)high};
    struct assay_run run = {0};
    if (assay_element_is_float(x->element))
        return assay_lower_function(l, node, &clip);
    enum assay_status status =
        assay_lower_input_f32(l, node, 0, order, &run.inputs[0]);
    assay_problem_init(&run.problem, ASSAY_OP_UNARY, ASSAY_F32);
    run.problem.as.unary = clip;
    return status ? status : assay_lower_run(l, node, &run, order);
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
    1,      no_rules, assay_infer_same, NULL, function_lower,
};

const struct assay_operator assay_operator_gelu_tanh = {
    "GeluTanh", 1,        ASSAY_OPSET_MAX,  1,    1,
    1,          no_rules, assay_infer_same, NULL, function_lower,
};

const struct assay_operator assay_operators_elementwise[] = {
#define ROW(name, since, rules)                                                \
    {                                                                          \
        name, since, ASSAY_OPSET_MAX, 1, 1, 1, rules, function_infer,          \
            function_fold, function_lower                                      \
    }
    ROW("Relu", 1, no_rules),
    ROW("Sigmoid", 1, no_rules),
    ROW("Tanh", 1, no_rules),
    ROW("HardSwish", 14, no_rules),
    ROW("Erf", 9, no_rules),
    ROW("Sqrt", 6, no_rules),
    ROW("Exp", 6, no_rules),
    ROW("Log", 6, no_rules),
    ROW("Neg", 6, no_rules),
    ROW("Abs", 6, no_rules),
    ROW("Reciprocal", 6, no_rules),
    ROW("HardSigmoid", 6, alpha_rules),
    ROW("LeakyRelu", 6, alpha_rules),
    ROW("Elu", 6, alpha_rules),
    ROW("Softplus", 1, no_rules),
    ROW("Sign", 9, no_rules),
    ROW("Floor", 6, no_rules),
    ROW("Ceil", 6, no_rules),
    ROW("Round", 11, no_rules),
#undef ROW
    {"Clip", 1, 10, 1, 1, 1, clip_rules, clip_infer, NULL, clip_lower},
    {"Clip", 11, ASSAY_OPSET_MAX, 1, 3, 1, no_rules, clip_infer, NULL,
     clip_lower},
    {"Softmax", 1, ASSAY_OPSET_MAX, 1, 1, 1, axis_rules, softmax_infer, NULL,
     softmax_lower},
    {0},
};
