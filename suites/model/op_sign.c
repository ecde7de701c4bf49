/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/op_sign.h"

#include <math.h>
#include <string.h>

#include "kernels/quantized_table.h"

static const struct assay_attribute_rule no_rules[] = {{0}};

/* Whether the sum `acc` of a product of signs that makes floats is below 0. */
static bool is_below(const float *scale, const float *bias, int64_t j,
                     int64_t acc)
{
    const float product = (float)acc * scale[j];
    return product + bias[j] < 0;
}

/* The least sum, of those from -terms to terms + 1, at which channel j has
 * another sign than at -terms; the sign changes once, since rounding keeps the
 * order. */
static int32_t threshold_of(const float *scale, const float *bias, int64_t j,
                            int64_t terms)
{
    int64_t low = -terms, high = terms + 1;
    const bool first = scale[j] > 0; /* below 0 for the least sums */
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (is_below(scale, bias, j, middle) == first)
            low = middle + 1;
        else
            high = middle;
    }
    return (int32_t)low;
}

/* The step, which makes floats of signs, makes their signs instead; false: it
 * cannot, and stays as it is. */
static bool make_signs(struct assay_lowering *l,
                       struct assay_lowered_step *step, unsigned tensor)
{
    struct assay_problem problem = step->problem;
    const bool dense = problem.op == ASSAY_OP_DENSE;
    if (problem.dtype != ASSAY_B1 || (!dense && problem.op != ASSAY_OP_CONV2D))
        return false;
    struct assay_conv2d *c = &problem.as.conv2d;
    struct assay_quantized *q = dense ? &problem.as.dense.q : &c->q;
    const int64_t n = dense ? problem.as.dense.n : c->k;
    const int64_t terms =
        dense ? problem.as.dense.k : c->c / c->groups * c->r * c->s;
    const float *scale = step->constants[ASSAY_QUANTIZED_SCALE];
    const float *bias = step->constants[ASSAY_QUANTIZED_BIAS];
    q->out = ASSAY_OUT_B1;
    *(dense ? &problem.as.dense.bias : &c->bias) = 0;
    if (n % 32 || assay_problem_check(&problem))
        return false;
    int32_t *threshold =
        assay_region_alloc(l->kept, (size_t)n, sizeof *threshold);
    uint32_t *flip = assay_region_alloc(l->kept, (size_t)n / 32, sizeof *flip);
    if (!threshold || !flip)
        return false;
    for (int64_t j = 0; j < n; j++) {
        threshold[j] = threshold_of(scale, bias, j, terms);
        if (scale[j] < 0)
            flip[j / 32] |= UINT32_C(1) << j % 32;
    }
    step->problem = problem;
    step->constants[ASSAY_QUANTIZED_SCALE] = NULL;
    step->constants[ASSAY_QUANTIZED_BIAS] = NULL;
    step->constants[ASSAY_QUANTIZED_THRESHOLD] = threshold;
    step->constants[ASSAY_QUANTIZED_FLIP] = flip;
    l->made->tensor_bytes[tensor] =
        assay_problem_bytes(&problem, assay_problem_output(&problem));
    l->makers[tensor].type = ASSAY_B1;
    return true;
}

/* *tensor of [rows][cols] floats, input 0 as it is or in another order, as
 * signs. */
static enum assay_status pack(struct assay_lowering *l,
                              const struct assay_node *node, int64_t rows,
                              int64_t cols, unsigned *tensor)
{
    struct assay_run run = {.inputs = {*tensor}};
    struct assay_lowered_step *maker = assay_lower_maker(l, node->inputs[0]);
    if (maker && *tensor == l->places[node->inputs[0]].tensor &&
        make_signs(l, maker, *tensor))
        return ASSAY_OK;
    const bool bytes = l->makers[*tensor].type == ASSAY_S8;
    enum assay_status status = ASSAY_OK;
    if (!bytes) /* else lower_sign.c made them */
        status = assay_lower_f32(l, node, rows * cols, 0, &run.inputs[0]);
    assay_problem_init(&run.problem, ASSAY_OP_SIGNPACK, ASSAY_B1);
    run.problem.as.signpack = (struct assay_signpack){
        .rows = rows,
        .cols = cols,
        .from = bytes ? ASSAY_SIGNPACK_S8 : ASSAY_SIGNPACK_F32};
    return status ? status : assay_lower_step(l, node, &run, tensor);
}

/* Bits of `count` floats, 32 a word; the sizes of n channels of `terms`, and
 * the bias, zeros without one. */
static enum assay_status set_constants(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       const float *weights, int64_t n,
                                       int64_t terms, struct assay_run *run)
{
    const int64_t words = n * terms / 32;
    uint32_t *bits = assay_region_alloc(l->kept, (size_t)words, sizeof *bits);
    float *scale = assay_region_alloc(l->kept, (size_t)n, sizeof *scale);
    float *bias = assay_region_alloc(l->kept, (size_t)n, sizeof *bias);
    const float *values;
    if (!bits || !scale || !bias)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < n * terms; i++)
        if (weights[i] < 0)
            bits[i / 32] |= UINT32_C(1) << i % 32;
    for (int64_t j = 0; j < n; j++)
        scale[j] = fabsf(weights[j * terms]);
    if (assay_input(l, node, 2)) {
        enum assay_status status = assay_input_floats(l, node, 2, &values);
        if (status)
            return status;
        memcpy(bias, values, (size_t)n * sizeof *bias);
    }
    run->constants[ASSAY_QUANTIZED_W] = bits;
    run->constants[ASSAY_QUANTIZED_SCALE] = scale;
    run->constants[ASSAY_QUANTIZED_BIAS] = bias;
    return ASSAY_OK;
}

static const struct assay_quantized to_floats = {
    .out = ASSAY_OUT_F32, .low = -128, .high = 127};

static enum assay_status conv_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_dims *w = &assay_input(l, node, 1)->dims;
    const int64_t terms = assay_dims_product(w, 1, w->rank);
    struct assay_conv_plan plan = {
        .dtype = ASSAY_B1,
        .x = *x,
        .k = w->size[0],
        .groups = assay_node_int(node, "group", 1),
    };
    struct assay_run run = {0};
    const float *weights;
    enum assay_status status = assay_window_read(l, node, x, w, &plan.win);
    if (!status)
        status = assay_input_floats(l, node, 1, &weights);
    float *permuted = assay_region_alloc(&l->scratch, (size_t)(plan.k * terms),
                                         sizeof *permuted);
    if (status || !permuted)
        return status ? status : ASSAY_NOMEM;
    assay_conv_permute(&plan, (const char *)weights, sizeof *weights,
                       (char *)permuted);
    status = set_constants(l, node, permuted, plan.k, terms, &run);
    if (!status)
        status = assay_conv_input(l, node, &plan, &run.inputs[0]);
    if (!status)
        status = pack(l, node, x->size[0] * x->size[2] * x->size[3], x->size[1],
                      &run.inputs[0]);
    assay_conv_problem(&plan, true, &run.problem);
    assay_conv_set_quantized(&to_floats, &run.problem);
    return status ? status
                  : assay_lower_run(l, node, &run, assay_conv_order(&plan));
}

static enum assay_status dense_lower(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_dims *w = &assay_input(l, node, 1)->dims;
    const bool turned = node->transposed;
    const int64_t n = w->size[turned ? 0 : 1], k = w->size[turned ? 1 : 0];
    const int64_t m = assay_dims_product(x, 0, x->rank - 1);
    struct assay_order order = l->places[node->inputs[0]].order;
    struct assay_run run = {0};
    const float *weights;
    enum assay_status status = assay_input_floats(l, node, 1, &weights);
    float *rows =
        assay_region_alloc(&l->scratch, (size_t)(n * k), sizeof *rows);
    if (status || !rows)
        return status ? status : ASSAY_NOMEM;
    if (order.n != m || order.c * order.hw != k)
        order = assay_order_of(0, 0, 0);
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < k; i++) {
            const int64_t at =
                order.c ? i % order.hw * order.c + i / order.hw : i;
            rows[j * k + at] = weights[turned ? j * k + i : i * n + j];
        }
    status = set_constants(l, node, rows, n, k, &run);
    if (!status)
        status = assay_lower_input(l, node, 0, order, &run.inputs[0]);
    if (!status)
        status = pack(l, node, m, k, &run.inputs[0]);
    assay_problem_init(&run.problem, ASSAY_OP_DENSE, ASSAY_B1);
    struct assay_dense *d = &run.problem.as.dense;
    d->m = m;
    d->n = n;
    d->k = k;
    d->bias = 1;
    d->q = to_floats;
    return status ? status
                  : assay_lower_run(l, node, &run, assay_order_of(0, 0, 0));
}

const struct assay_operator assay_operator_sign_conv = {
    "Conv", 1, ASSAY_OPSET_MAX, 3, 3, 1, no_rules, NULL, NULL, conv_lower,
};

const struct assay_operator assay_operator_sign_dense = {
    "MatMul", 1, ASSAY_OPSET_MAX, 3, 3, 1, no_rules, NULL, NULL, dense_lower,
};
