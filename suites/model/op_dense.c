/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrix products of floats: Gemm and MatMul, with constant weights as dense
 * layers.
 */
#include <inttypes.h>
#include <string.h>

#include "suites/model/lower.h"

static const struct assay_attribute_rule gemm_rules[] = {
    {"alpha", 'f'}, {"beta", 'f'}, {"transA", 'i'}, {"transB", 'i'}, {0},
};

static const struct assay_attribute_rule no_rules[] = {{0}};

static enum assay_status check_floats(const struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const enum assay_element element = assay_input(l, node, 0)->element;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct assay_tensor *x = assay_input(l, node, i);
        if (x && (!assay_element_is_float(x->element) || x->element != element))
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
    return assay_infer(l, node, a->element, &dims);
}

/* A product with constant weights w, whose element for output j and input i is
 * w[j * over + i * along], times alpha. */
struct layer {
    int64_t m, n, k;
    int64_t over, along;
    double alpha;
    float *bias; /* [n] or NULL */
};

/* x lies in `order`: [m][k], or [m][hw][c] instead of [m][c][hw]. Then the
 * weights are put in its order, not x in theirs. */
static enum assay_status append(struct assay_lowering *l,
                                const struct assay_node *node,
                                const struct layer *layer, unsigned x,
                                struct assay_order order, unsigned *y)
{
    struct assay_run run = {.inputs = {x}};
    const int64_t n = layer->n, k = layer->k;
    const float *weights;
    enum assay_status status = assay_input_floats(l, node, 1, &weights);
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
                    (float)(layer->alpha *
                            (double)weights[j * layer->over +
                                            (i * hw + q) * layer->along]);
    run.constants[0] = w;
    run.constants[1] = layer->bias;
    *y = x;
    status = assay_lower_lowrank(l, node, w, layer->bias, n, y);
    if (status || *y != x)
        return status;
    assay_dense_problem(layer->m, n, k, layer->bias != NULL, l->makers[x].type,
                        &run.problem);
    return assay_lower_step(l, node, &run, y);
}

void assay_dense_problem(int64_t m, int64_t n, int64_t k, bool bias,
                         enum assay_dtype dtype, struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_DENSE, dtype);
    problem->as.dense.m = m;
    problem->as.dense.n = n;
    problem->as.dense.k = k;
    problem->as.dense.bias = bias;
}

/* The order in which append takes input 0, [m][k]. */
static struct assay_order order_of(const struct assay_lowering *l,
                                   const struct assay_node *node, int64_t m,
                                   int64_t k)
{
    const struct assay_order order = l->places[node->inputs[0]].order;
    if (order.c && (order.n != m || order.c * order.hw != k))
        return assay_order_of(0, 0, 0);
    return order;
}

/* A constant bias that is the same for every row, as [n]; *bias stays NULL
 * without one. */
static enum assay_status gemm_bias(struct assay_lowering *l,
                                   const struct assay_node *node, int64_t n,
                                   float **bias)
{
    const double beta = (double)assay_node_float(node, "beta", 1);
    const struct assay_tensor *c = assay_input(l, node, 2);
    const float *values;
    *bias = NULL;
    if (!c || !c->data || (c->dims.rank == 2 && c->dims.size[0] != 1))
        return ASSAY_OK;
    enum assay_status status = assay_input_floats(l, node, 2, &values);
    if (status)
        return status;
    *bias = assay_region_alloc(l->kept, (size_t)n, sizeof **bias);
    if (!*bias)
        return ASSAY_NOMEM;
    const bool one = assay_dims_count(&c->dims) == 1;
    for (int64_t j = 0; j < n; j++)
        (*bias)[j] = (float)(beta * (double)values[one ? 0 : j]);
    return ASSAY_OK;
}

/* y [m][n] plus beta times input 2. */
static enum assay_status add_bias(struct assay_lowering *l,
                                  const struct assay_node *node, int64_t m,
                                  int64_t n, unsigned *y)
{
    const struct assay_dims *c = &assay_input(l, node, 2)->dims;
    const float beta = assay_node_float(node, "beta", 1);
    const bool rows = c->rank == 2 && c->size[0] > 1;
    const bool cols = c->rank > 0 && c->size[c->rank - 1] > 1;
    struct assay_lower_binary b = {.kind = ASSAY_BINARY_ADD,
                                   .a = *y,
                                   .dims = {1, 1, m, n},
                                   .a_has = 15,
                                   .b_has =
                                       3 | (rows ? 4u : 0) | (cols ? 8u : 0)};
    enum assay_status status =
        assay_lower_input(l, node, 2, assay_order_of(0, 0, 0), &b.b);
    if (!status && (beta < 1 || beta > 1))
        status = assay_lower_with_scalar(l, node, ASSAY_BINARY_MUL,
                                         assay_dims_count(c), beta, &b.b);
    return status ? status : assay_lower_binary(l, node, &b, y);
}

/* Two computed matrices. */
static enum assay_status append_product(struct assay_lowering *l,
                                        const struct assay_node *node,
                                        const struct assay_matmul *matmul,
                                        unsigned a, unsigned b, unsigned *y)
{
    struct assay_run run = {.inputs = {a, b}};
    assay_problem_init(&run.problem, ASSAY_OP_MATMUL, l->makers[a].type);
    run.problem.as.matmul = *matmul;
    return assay_lower_step(l, node, &run, y);
}

static enum assay_status gemm_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const struct assay_dims *y = &l->tensors[node->outputs[0]].dims;
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const bool ta = assay_node_int(node, "transA", 0) != 0;
    const bool tb = assay_node_int(node, "transB", 0) != 0;
    const int64_t m = y->size[0], n = y->size[1], k = a->size[ta ? 0 : 1];
    const double alpha = (double)assay_node_float(node, "alpha", 1);
    const bool weights = assay_input(l, node, 1)->data != NULL;
    struct layer layer = {m, n, k, tb ? k : 1, tb ? 1 : n, alpha, NULL};
    const struct assay_order order =
        ta || !weights ? plain : order_of(l, node, m, k);
    unsigned x, b, result;
    enum assay_status status = assay_lower_input(l, node, 0, order, &x);
    if (!status && ta)
        status = assay_lower_turn(l, node, k, m, &x);
    if (!status && weights) {
        status = gemm_bias(l, node, n, &layer.bias);
        if (!status)
            status = append(l, node, &layer, x, order, &result);
    } else if (!status) {
        const struct assay_matmul matmul = {.batch = 1,
                                            .m = m,
                                            .n = n,
                                            .k = k,
                                            .transpose_b = tb,
                                            .scale = alpha};
        status = assay_lower_input(l, node, 1, plain, &b);
        if (!status)
            status = append_product(l, node, &matmul, x, b, &result);
    }
    if (!status && assay_input(l, node, 2) && !layer.bias)
        status = add_bias(l, node, m, n, &result);
    return status ? status : assay_lower_put(l, node, 0, result, plain);
}

/* The products of a and b: as many as both have, or one b for all. */
static enum assay_status read_batch(const struct assay_lowering *l,
                                    const struct assay_node *node,
                                    struct assay_dims *dims)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const struct assay_dims *b = &assay_input(l, node, 1)->dims;
    bool fits = a->rank >= 2 && b->rank >= 2;
    *dims = *a;
    if (fits && a->size[a->rank - 1] != b->size[b->rank - 2])
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "%" PRId64 " columns do not fit weights of "
                               "%" PRId64 " rows",
                               a->size[a->rank - 1], b->size[b->rank - 2]);
    const bool one = fits && assay_dims_product(b, 0, b->rank - 2) == 1 &&
                     b->rank <= a->rank;
    for (int i = 0; fits && !one && i < a->rank - 2; i++)
        fits = a->rank == b->rank && a->size[i] == b->size[i];
    if (!fits || (!one && a->rank != b->rank))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "inputs of %d and %d dimensions, or of batches "
                               "that differ, are not supported",
                               a->rank, b->rank);
    dims->size[a->rank - 1] = b->size[b->rank - 1];
    return ASSAY_OK;
}

static enum assay_status matmul_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    struct assay_dims dims;
    enum assay_status status = check_floats(l, node);
    if (!status)
        status = read_batch(l, node, &dims);
    return status
               ? status
               : assay_infer(l, node, assay_input(l, node, 0)->element, &dims);
}

/* b, as it lies: [batch][k][n], or transposed where that is how it lies. */
static enum assay_status append_matmul(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       int64_t rows, int64_t n, int64_t k,
                                       unsigned *y)
{
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const struct assay_dims *b = &assay_input(l, node, 1)->dims;
    const int64_t batch = assay_dims_product(b, 0, b->rank - 2);
    const struct assay_order turned = assay_order_of(batch, k, n);
    const struct assay_order lies = l->places[node->inputs[1]].order;
    const bool tb = turned.c && lies.n == turned.n && lies.c == turned.c &&
                    lies.hw == turned.hw;
    const struct assay_matmul matmul = {.batch = batch,
                                        .m = rows / batch,
                                        .n = n,
                                        .k = k,
                                        .transpose_b = tb,
                                        .scale = 1};
    unsigned x, z;
    enum assay_status status = assay_lower_input(l, node, 0, plain, &x);
    if (!status)
        status = assay_lower_input(l, node, 1, tb ? turned : plain, &z);
    return status ? status : append_product(l, node, &matmul, x, z, y);
}

static enum assay_status matmul_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const struct assay_tensor *b = assay_input(l, node, 1);
    const int64_t n = b->dims.size[b->dims.rank - 1];
    const int64_t k = a->size[a->rank - 1];
    const int64_t rows = assay_dims_product(a, 0, a->rank - 1);
    unsigned x, y;
    enum assay_status status;
    if (b->data && assay_dims_product(&b->dims, 0, b->dims.rank - 2) == 1) {
        const struct layer layer = {rows, n, k, 1, n, 1, NULL};
        const struct assay_order order = order_of(l, node, rows, k);
        status = assay_lower_input(l, node, 0, order, &x);
        if (!status)
            status = append(l, node, &layer, x, order, &y);
    } else {
        status = append_matmul(l, node, rows, n, k, &y);
    }
    return status ? status
                  : assay_lower_put(l, node, 0, y, assay_order_of(0, 0, 0));
}

const struct assay_operator assay_operators_dense[] = {
    {"Gemm", 7, ASSAY_OPSET_MAX, 2, 3, 1, gemm_rules, gemm_infer, NULL,
     gemm_lower},
    {"MatMul", 1, ASSAY_OPSET_MAX, 2, 2, 1, no_rules, matmul_infer, NULL,
     matmul_lower},
    {0},
};
