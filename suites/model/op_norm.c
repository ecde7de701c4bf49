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

/* Outputs 1 and 2: the mean and 1 / sqrt(variance + epsilon) of each row. */
static enum assay_status append_moments(struct assay_lowering *l,
                                        const struct assay_node *node,
                                        unsigned x, int64_t rows, int64_t cols)
{
    const struct assay_order plain = assay_order_of(0, 0, 0);
    struct assay_run run = {.inputs = {x}};
    unsigned mean;
    assay_problem_init(&run.problem, ASSAY_OP_REDUCE,
                       assay_lower_type(l, node->inputs[0]));
    run.problem.as.reduce = (struct assay_reduce){
        .outer = rows, .n = cols, .inner = 1, .kind = ASSAY_REDUCE_MEAN};
    enum assay_status status = assay_lower_step(l, node, &run, &mean);
    if (!status && assay_output_used(l, node, 1))
        status = assay_lower_put(l, node, 1, mean, plain);
    if (!status && assay_output_used(l, node, 2))
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "its output 2 is not supported");
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
        status = append_moments(l, node, run.inputs[0], rows, cols);
    return status ? status : assay_lower_run(l, node, &run, plain);
}

const struct assay_operator assay_operators_norm[] = {
    {"BatchNormalization", 7, ASSAY_OPSET_MAX, 5, 5, 5, norm_rules, norm_infer,
     NULL, norm_lower},
    {"LayerNormalization", 17, ASSAY_OPSET_MAX, 2, 3, 3, layer_rules,
     layer_infer, NULL, layer_lower},
    {0},
};
