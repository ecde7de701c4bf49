/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrix products with constant weights: Gemm and MatMul.
 */
#include <inttypes.h>

#include "suites/model/lower.h"

static const struct assay_attribute_rule gemm_rules[] = {
    {"alpha", 'f'}, {"beta", 'f'}, {"transA", 'i'}, {"transB", 'i'}, {0},
};

static const struct assay_attribute_rule no_rules[] = {{0}};

static enum assay_status check_floats(const struct assay_lowering *l,
                                      const struct assay_node *node)
{
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct assay_tensor *x = assay_input(l, node, i);
        if (x && x->element != ASSAY_ELEMENT_FLOAT)
            return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                   "input %" PRIu32 " is of %s; float is "
                                   "supported",
                                   i, assay_element_name(x->element));
    }
    return ASSAY_OK;
}

/* Whether `c` can be added to m x n by repeating it. */
static bool spreads(const struct assay_dims *c, int64_t m, int64_t n)
{
    const int64_t want[2] = {m, n};
    if (c->rank > 2)
        return false;
    for (int i = 0; i < c->rank; i++)
        if (c->size[c->rank - 1 - i] != 1 &&
            c->size[c->rank - 1 - i] != want[1 - i])
            return false;
    return true;
}

static enum assay_status gemm_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *a = assay_input(l, node, 0);
    const struct assay_tensor *b = assay_input(l, node, 1);
    const struct assay_tensor *c = assay_input(l, node, 2);
    const int ta = assay_node_int(node, "transA", 0) != 0;
    const int tb = assay_node_int(node, "transB", 0) != 0;
    enum assay_status status = check_floats(l, node);
    if (status)
        return status;
    if (a->dims.rank != 2 || b->dims.rank != 2)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its inputs have %d and %d dimensions instead "
                               "of 2",
                               a->dims.rank, b->dims.rank);
    if (a->dims.size[!ta] != b->dims.size[tb])
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "%" PRId64 " columns do not fit weights of "
                               "%" PRId64 " rows",
                               a->dims.size[!ta], b->dims.size[tb]);
    const struct assay_dims dims = {
        .rank = 2, .size = {a->dims.size[ta], b->dims.size[!tb]}};
    if (c && !spreads(&c->dims, dims.size[0], dims.size[1])) {
        char shape[160];
        assay_dims_text(&c->dims, shape, sizeof shape);
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its bias of shape %s does not fit %" PRId64
                               "x%" PRId64,
                               shape, dims.size[0], dims.size[1]);
    }
    return assay_infer(l, node, ASSAY_ELEMENT_FLOAT, &dims);
}

/* Append x [m][k] times weights w, whose element for output j and input i is
 * w[j * over + i * along], times alpha. x may lie as [m][hw][c] instead of
 * [m][c][hw]: then the weights are put in its order, not x in theirs. */
static enum assay_status append(struct assay_lowering *l,
                                const struct assay_node *node, int64_t m,
                                int64_t n, int64_t k, int64_t over,
                                int64_t along, double alpha, float *bias)
{
    const struct assay_place *place = &l->places[node->inputs[0]];
    struct assay_order order = place->order;
    struct assay_run run = {0};
    const float *weights;
    if (order.c && (order.n != m || order.c * order.hw != k))
        order = assay_order_of(0, 0, 0);
    enum assay_status status = assay_input_floats(l, node, 1, &weights);
    if (!status)
        status = assay_lower_input(l, node, 0, order, &run.inputs[0]);
    if (status)
        return status;
    float *w = assay_region_alloc(l->kept, (size_t)(n * k), sizeof *w);
    if (!w)
        return ASSAY_NOMEM;
    const int64_t c = order.c ? order.c : 1, hw = k / c;
    for (int64_t j = 0; j < n; j++)
        for (int64_t q = 0; q < hw; q++)
            for (int64_t i = 0; i < c; i++)
                w[j * k + q * c + i] =
                    (float)(alpha *
                            (double)weights[j * over + (i * hw + q) * along]);
    assay_problem_init(&run.problem, ASSAY_OP_DENSE, ASSAY_F32);
    run.problem.as.dense = (struct assay_dense){
        .m = m, .n = n, .k = k, .bias = bias != NULL, .act = ASSAY_ACT_NONE};
    run.constants[0] = w;
    run.constants[1] = bias;
    return assay_lower_run(l, node, &run, assay_order_of(0, 0, 0));
}

/* The bias as [n]; *bias stays NULL without one. */
static enum assay_status gemm_bias(struct assay_lowering *l,
                                   const struct assay_node *node, int64_t n,
                                   float **bias)
{
    const double beta = (double)assay_node_float(node, "beta", 1);
    const struct assay_tensor *c = assay_input(l, node, 2);
    const float *values;
    *bias = NULL;
    if (!c)
        return ASSAY_OK;
    enum assay_status status = assay_input_floats(l, node, 2, &values);
    if (status)
        return status;
    if (c->dims.rank == 2 && c->dims.size[0] != 1)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "a bias that differs from row to row is not "
                               "supported");
    *bias = assay_region_alloc(l->kept, (size_t)n, sizeof **bias);
    if (!*bias)
        return ASSAY_NOMEM;
    const bool one = assay_dims_count(&c->dims) == 1;
    for (int64_t j = 0; j < n; j++)
        (*bias)[j] = (float)(beta * (double)values[one ? 0 : j]);
    return ASSAY_OK;
}

static enum assay_status gemm_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const struct assay_dims *b = &assay_input(l, node, 1)->dims;
    const int64_t k = a->size[1];
    float *bias;
    if (assay_node_int(node, "transA", 0))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "transA = 1 is not supported");
    const bool tb = assay_node_int(node, "transB", 0) != 0;
    const int64_t n = b->size[tb ? 0 : 1];
    enum assay_status status = gemm_bias(l, node, n, &bias);
    if (status)
        return status;
    return append(l, node, a->size[0], n, k, tb ? k : 1, tb ? 1 : n,
                  (double)assay_node_float(node, "alpha", 1), bias);
}

static enum assay_status matmul_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_tensor *a = assay_input(l, node, 0);
    const struct assay_tensor *b = assay_input(l, node, 1);
    enum assay_status status = check_floats(l, node);
    if (status)
        return status;
    if (a->dims.rank < 2 || b->dims.rank != 2)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "inputs of %d and %d dimensions; 2 or more, and "
                               "2, are supported",
                               a->dims.rank, b->dims.rank);
    struct assay_dims dims = a->dims;
    if (dims.size[dims.rank - 1] != b->dims.size[0])
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "%" PRId64 " columns do not fit weights of "
                               "%" PRId64 " rows",
                               dims.size[dims.rank - 1], b->dims.size[0]);
    dims.size[dims.rank - 1] = b->dims.size[1];
    return assay_infer(l, node, ASSAY_ELEMENT_FLOAT, &dims);
}

static enum assay_status matmul_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const int64_t n = assay_input(l, node, 1)->dims.size[1];
    return append(l, node, assay_dims_product(a, 0, a->rank - 1), n,
                  a->size[a->rank - 1], 1, n, 1, NULL);
}

const struct assay_operator assay_operators_dense[] = {
    {"Gemm", 7, ASSAY_OPSET_MAX, 2, 3, 1, gemm_rules, gemm_infer, NULL,
     gemm_lower},
    {"MatMul", 1, ASSAY_OPSET_MAX, 2, 2, 1, no_rules, matmul_infer, NULL,
     matmul_lower},
    {0},
};
