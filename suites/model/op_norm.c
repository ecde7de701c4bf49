/* SPDX-License-Identifier: Apache-2.0
 *
 * Normalizations: by batch and by layer.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "suites/model/lower.h"

static const struct assay_attribute_rule norm_rules[] = {
    {"epsilon", 'f'},
    {"momentum", 'f'},
    {"spatial", 'i'},
    {"training_mode", 'i'},
    {0},
};

static const struct assay_attribute_rule layer_rules[] = {
    {"axis", 'i'},
    {"epsilon", 'f'},
    {"stash_type", 'i'},
    {0},
};

static enum assay_status norm_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const bool training = assay_node_int(node, "training_mode", 0) != 0;
    if (training && !l->any)
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
            !(training ? p->element == ASSAY_ELEMENT_FLOAT
                       : assay_element_is_float(p->element)))
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "input %" PRIu32 " does not have one float "
                                   "for each of %" PRId64 " channels",
                                   i, x->dims.size[1]);
    }
    const struct assay_dims *c = &assay_input(l, node, 1)->dims;
    enum assay_status status = training ? ASSAY_OK : assay_infer_alone(l, node);
    for (uint32_t i = 1; !status && training && i < 3; i++)
        status = assay_infer_output(l, node, i, ASSAY_ELEMENT_FLOAT, c);
    return status ? status : assay_infer_same(l, node);
}

/* Of *x, [outer][n][inner]: its mean over n, and the mean square of what
 * differs from that; x itself becomes the difference. */
static enum assay_status append_moments(struct assay_lowering *l,
                                        const struct assay_node *node,
                                        const int64_t *shape, unsigned *x,
                                        unsigned *mean, unsigned *variance)
{
    const int64_t outer = shape[0], n = shape[1], inner = shape[2];
    struct assay_lower_binary b = {.kind = ASSAY_BINARY_SUB,
                                   .a = *x,
                                   .dims = {outer, n, inner, 1},
                                   .a_has = 7,
                                   .b_has = 5};
    *mean = *x;
    enum assay_status status =
        assay_lower_reduce(l, node, ASSAY_REDUCE_MEAN, outer, n, inner, mean);
    b.b = *mean;
    if (!status)
        status = assay_lower_binary(l, node, &b, x);
    *variance = *x;
    if (!status)
        status = assay_lower_reduce(l, node, ASSAY_REDUCE_SUMSQ, outer, n,
                                    inner, variance);
    return status
               ? status
               : assay_lower_with_scalar(l, node, ASSAY_BINARY_MUL,
                                         outer * inner, 1 / (float)n, variance);
}

/* *variance becomes 1 / sqrt(variance + epsilon). */
static enum assay_status append_inverse(struct assay_lowering *l,
                                        const struct assay_node *node,
                                        int64_t n, unsigned *variance)
{
    const float epsilon = assay_node_float(node, "epsilon", 1e-5f);
    enum assay_status status = assay_lower_with_scalar(
        l, node, ASSAY_BINARY_ADD, n, epsilon, variance);
    return status ? status
                  : assay_lower_with_scalar(l, node, ASSAY_BINARY_POW, n, -0.5f,
                                            variance);
}

/* Output `i`, the running mean or variance: that of input `before` moved
 * towards the batch's. */
static enum assay_status put_running(struct assay_lowering *l,
                                     const struct assay_node *node, uint32_t i,
                                     uint32_t before, int64_t c, unsigned batch)
{
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const float momentum = assay_node_float(node, "momentum", 0.9f);
    struct assay_lower_binary sum = {.kind = ASSAY_BINARY_ADD,
                                     .dims = {1, 1, 1, c},
                                     .a_has = 15,
                                     .b_has = 15};
    if (!assay_output_used(l, node, i))
        return ASSAY_OK;
    enum assay_status status =
        assay_lower_input(l, node, before, plain, &sum.a);
    sum.b = batch;
    if (!status)
        status = assay_lower_with_scalar(l, node, ASSAY_BINARY_MUL, c, momentum,
                                         &sum.a);
    if (!status)
        status = assay_lower_with_scalar(l, node, ASSAY_BINARY_MUL, c,
                                         1 - momentum, &sum.b);
    if (!status)
        status = assay_lower_binary(l, node, &sum, &batch);
    return status ? status : assay_lower_put(l, node, i, batch, plain);
}

/* As training computes it, by the mean and variance of the batch itself. */
static enum assay_status norm_training(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const int64_t c = x->size[1], hw = assay_dims_product(x, 2, x->rank);
    const int64_t shape[3] = {1, x->size[0] * hw, c};
    const struct assay_order order = assay_order_of(x->size[0], c, hw);
    struct assay_lower_binary b = {.kind = ASSAY_BINARY_MUL,
                                   .dims = {1, 1, shape[1], c},
                                   .a_has = 12,
                                   .b_has = 8};
    unsigned mean, variance;
    enum assay_status status = assay_lower_input(l, node, 0, order, &b.a);
    if (!status)
        status = append_moments(l, node, shape, &b.a, &mean, &variance);
    if (!status)
        status = put_running(l, node, 1, 3, c, mean);
    if (!status)
        status = put_running(l, node, 2, 4, c, variance);
    if (!status)
        status = append_inverse(l, node, c, &variance);
    for (uint32_t i = 0; !status && i < 3; i++) {
        b.kind = i == 2 ? ASSAY_BINARY_ADD : ASSAY_BINARY_MUL;
        b.b = variance;
        if (i > 0)
            status = assay_lower_input(l, node, i, plain, &b.b);
        if (!status)
            status = assay_lower_binary(l, node, &b, &b.a);
    }
    return status ? status : assay_lower_put(l, node, 0, b.a, order);
}

static enum assay_status norm_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const double epsilon = (double)assay_node_float(node, "epsilon", 1e-5f);
    const int64_t c = x->size[1];
    const float *p[4]; /* scale, shift, mean, variance */
    if (assay_node_int(node, "training_mode", 0) != 0)
        return norm_training(l, node);
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

/* The first of the axes that are normalized, and whether scale and bias are
 * as large as those together. */
static enum assay_status layer_shape(const struct assay_lowering *l,
                                     const struct assay_node *node, int *axis)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    enum assay_status status = assay_axis(
        l, node, assay_node_int(node, "axis", -1), x->dims.rank, axis);
    if (!status && assay_node_int(node, "stash_type", 1) != 1)
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "stash_type is not 1 (float)");
    if (!status && !((double)assay_node_float(node, "epsilon", 1e-5f) >= 0))
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "its epsilon is negative or not a number");
    for (uint32_t i = 1; !status && i < 3; i++) {
        const struct assay_tensor *p = assay_input(l, node, i);
        if (p && (p->element != x->element ||
                  assay_dims_count(&p->dims) !=
                      assay_dims_product(&x->dims, *axis, x->dims.rank)))
            status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                     "input %" PRIu32 " does not have one "
                                     "number for each that is normalized",
                                     i);
    }
    return status;
}

static enum assay_status layer_infer(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    int axis;
    enum assay_status status = layer_shape(l, node, &axis);
    struct assay_dims dims = assay_input(l, node, 0)->dims;
    for (int i = axis; !status && i < dims.rank; i++)
        dims.size[i] = 1;
    for (uint32_t i = 1; !status && i < 3; i++)
        status = assay_infer_output(l, node, i, ASSAY_ELEMENT_FLOAT, &dims);
    return status ? status : assay_infer_same(l, node);
}

/* Outputs 1 and 2: the mean and the inverse deviation of each row. */
static enum assay_status layer_moments(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       unsigned x, int64_t rows, int64_t cols)
{
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const int64_t shape[3] = {rows, cols, 1};
    unsigned mean, variance;
    enum assay_status status = assay_lower_f32(l, node, rows * cols, 0, &x);
    if (!status)
        status = append_moments(l, node, shape, &x, &mean, &variance);
    if (!status && assay_output_used(l, node, 1))
        status = assay_lower_put(l, node, 1, mean, plain);
    if (!status && assay_output_used(l, node, 2)) {
        status = append_inverse(l, node, rows, &variance);
        if (!status)
            status = assay_lower_put(l, node, 2, variance, plain);
    }
    return status;
}

static enum assay_status layer_lower(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_order plain = assay_order_of(0, 0, 0);
    struct assay_run run = {0};
    int axis;
    enum assay_status status = layer_shape(l, node, &axis);
    if (status)
        return status;
    const int64_t rows = assay_dims_product(x, 0, axis);
    const int64_t cols = assay_dims_product(x, axis, x->rank);
    status = assay_lower_input(l, node, 0, plain, &run.inputs[0]);
    assay_problem_init(&run.problem, ASSAY_OP_LAYERNORM,
                       assay_lower_type(l, node->inputs[0]));
    run.problem.as.layernorm = (struct assay_layernorm){
        .rows = rows,
        .cols = cols,
        .affine = assay_input(l, node, 1) != NULL,
        .bias = assay_input(l, node, 2) != NULL,
        .eps = (double)assay_node_float(node, "epsilon", 1e-5f),
    };
    for (uint32_t i = 1; !status && i < 3; i++) {
        const float *values;
        if (!assay_input(l, node, i))
            continue;
        status = assay_input_floats(l, node, i, &values);
        float *copy = assay_region_alloc(l->kept, (size_t)cols, sizeof *copy);
        if (!copy)
            return ASSAY_NOMEM;
        if (!status)
            memcpy(copy, values, (size_t)cols * sizeof *copy);
        run.constants[i - 1] = copy;
    }
    if (!status &&
        (assay_output_used(l, node, 1) || assay_output_used(l, node, 2)))
        status = layer_moments(l, node, run.inputs[0], rows, cols);
    return status ? status : assay_lower_run(l, node, &run, plain);
}

const struct assay_operator assay_operator_layer_norm = {
    "LayerNormalization", 1, ASSAY_OPSET_MAX, 1, 3, 1, layer_rules, NULL, NULL,
    layer_lower,
};

const struct assay_operator assay_operators_norm[] = {
    {"BatchNormalization", 7, ASSAY_OPSET_MAX, 5, 5, 5, norm_rules, norm_infer,
     NULL, norm_lower},
    {"LayerNormalization", 17, ASSAY_OPSET_MAX, 2, 3, 3, layer_rules,
     layer_infer, NULL, layer_lower},
    {0},
};
