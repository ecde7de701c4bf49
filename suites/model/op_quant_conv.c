/* SPDX-License-Identifier: Apache-2.0
 *
 * Convolutions and matrix products of bytes with constant weights.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "suites/model/op_quant.h"

#include "kernels/quantized_table.h"

static const struct assay_attribute_rule conv_rules[] = {
    ASSAY_WINDOW_RULES,
    {"group", 'i'},
    {0},
};
static const struct assay_attribute_rule no_rules[] = {{0}};

/* Where an operator has its inputs; the integer ones have no scales. */
struct roles {
    bool integer;
    uint32_t x_zero, w, w_zero;
};

static struct roles roles_of(const struct assay_node *node)
{
    if (strstr(node->op->name, "Integer"))
        return (struct roles){true, 2, 1, 3};
    return (struct roles){false, ASSAY_Q_X_ZERO, ASSAY_Q_W, ASSAY_Q_W_ZERO};
}

static enum assay_status check_bytes(const struct assay_lowering *l,
                                     const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *w = assay_input(l, node, roles_of(node).w);
    if (assay_element_is_byte(x->element) && assay_element_is_byte(w->element))
        return ASSAY_OK;
    return assay_node_fail(
        l->model, node, ASSAY_INVALID, "inputs of %s and %s instead of bytes",
        assay_element_name(x->element), assay_element_name(w->element));
}

/* The result's type: of the zero point, or int32. */
static enum assay_element result_of(const struct assay_lowering *l,
                                    const struct assay_node *node)
{
    return roles_of(node).integer
               ? ASSAY_ELEMENT_INT32
               : assay_input(l, node, ASSAY_Q_Y_ZERO)->element;
}

static enum assay_status conv_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_dims *w = &assay_input(l, node, roles_of(node).w)->dims;
    const struct assay_tensor *b =
        roles_of(node).integer ? NULL : assay_input(l, node, ASSAY_Q_BIAS);
    struct assay_window window;
    enum assay_status status = check_bytes(l, node);
    if (!status && x->rank > 2)
        status = assay_conv_check(l, node, x, w, b ? &b->dims : NULL);
    if (!status)
        status = assay_window_read(l, node, x, w, &window);
    if (status)
        return status;
    const struct assay_dims dims = assay_window_dims(&window, x, w->size[0]);
    return assay_infer(l, node, result_of(l, node), &dims);
}

/* Zero points alone: of ConvInteger and MatMulInteger. */
static enum assay_status read_zeros(struct assay_lowering *l,
                                    const struct assay_node *node, uint32_t i,
                                    enum assay_element element,
                                    struct assay_scaling *s)
{
    const struct assay_tensor *z = assay_input(l, node, i);
    if (z && (!z->data || z->element != element || z->dims.rank > 1))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its zero points are not constants of %s",
                               assay_element_name(element));
    s->n = z ? assay_dims_count(&z->dims) : 1;
    int32_t *zeros = assay_region_alloc(l->kept, (size_t)s->n, sizeof *zeros);
    if (!zeros)
        return ASSAY_NOMEM;
    for (int64_t j = 0; j < s->n; j++)
        zeros[j] = (z ? (int32_t)assay_integer_at(z, j) : 0) -
                   (element == ASSAY_ELEMENT_UINT8 ? 128 : 0);
    s->zero = zeros;
    return ASSAY_OK;
}

/* What the kernel computes besides the sums. */
struct product {
    struct assay_quantized q;
    struct assay_scaling x, w, y;
    bool bias;
    void *constants[ASSAY_QUANTIZED_CONSTANTS];
};

static enum assay_status read_scaling(struct assay_lowering *l,
                                      const struct assay_node *node, int64_t n,
                                      struct product *p)
{
    const struct roles roles = roles_of(node);
    const enum assay_element x = assay_input(l, node, 0)->element;
    const enum assay_element w = assay_input(l, node, roles.w)->element;
    enum assay_status status;
    if (roles.integer) {
        status = read_zeros(l, node, roles.x_zero, x, &p->x);
        if (!status)
            status = read_zeros(l, node, roles.w_zero, w, &p->w);
    } else {
        status = assay_scaling_read(l, node, ASSAY_Q_X_SCALE, ASSAY_Q_X_ZERO, x,
                                    &p->x);
        if (!status)
            status = assay_scaling_read(l, node, ASSAY_Q_W_SCALE,
                                        ASSAY_Q_W_ZERO, w, &p->w);
        if (!status && assay_input(l, node, ASSAY_Q_Y_SCALE))
            status =
                assay_scaling_read(l, node, ASSAY_Q_Y_SCALE, ASSAY_Q_Y_ZERO,
                                   l->tensors[node->outputs[0]].element, &p->y);
    }
    if (!status && (p->x.n != 1 || (p->w.n != 1 && p->w.n != n) || p->y.n > 1))
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "scales or zero points by channel are "
                                 "supported only of weights");
    return status;
}

static double w_scale(const struct product *p, int64_t j)
{
    return (double)p->w.scale[p->w.n == 1 ? 0 : j] * (double)p->x.scale[0];
}

/* int32 as it is, floats in units of the sums: the nearest, or, where the sign
 * alone is asked for, the one below, which leaves the sign of every sum right.
 */
static enum assay_status read_bias(struct assay_lowering *l,
                                   const struct assay_node *node, int64_t n,
                                   struct product *p)
{
    const struct assay_tensor *b =
        roles_of(node).integer ? NULL : assay_input(l, node, ASSAY_Q_BIAS);
    if (!b)
        return ASSAY_OK;
    if (!b->data || (assay_dims_count(&b->dims) != n) ||
        (b->element != ASSAY_ELEMENT_INT32 &&
         b->element != ASSAY_ELEMENT_FLOAT))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its bias is not one constant int32 or float "
                               "for each of %" PRId64 " filters",
                               n);
    const bool below = assay_lower_sign_alone(l, node->outputs[0]);
    int32_t *to = assay_region_alloc(l->kept, (size_t)n, sizeof *to);
    if (!to)
        return ASSAY_NOMEM;
    for (int64_t j = 0; j < n; j++) {
        double value =
            b->element == ASSAY_ELEMENT_INT32
                ? (double)((const int32_t *)b->data)[j]
                : (double)((const float *)b->data)[j] / w_scale(p, j);
        value = below ? floor(value) : rint(value);
        if (!(fabs(value) < 0x1p30))
            return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                   "bias %" PRId64 " is beyond its scale", j);
        to[j] = (int32_t)value;
    }
    p->bias = true;
    p->constants[ASSAY_QUANTIZED_BIAS] = to;
    return ASSAY_OK;
}

/* Everything but the weights, for n channels. */
static enum assay_status read_product(struct assay_lowering *l,
                                      const struct assay_node *node, int64_t n,
                                      struct product *p)
{
    *p = (struct product){0};
    enum assay_status status = read_scaling(l, node, n, p);
    if (!status)
        status = read_bias(l, node, n, p);
    if (status)
        return status;
    const bool integer = roles_of(node).integer;
    p->q = (struct assay_quantized){
        .out = integer  ? ASSAY_OUT_S32
               : p->y.n ? ASSAY_OUT_S8
                        : ASSAY_OUT_F32,
        .x_zero = p->x.zero[0],
        .y_zero = p->y.n ? p->y.zero[0] : 0,
        .low = -128,
        .high = 127,
    };
    if (p->y.n && (node->act == ASSAY_ACT_RELU || node->act == ASSAY_ACT_RELU6))
        p->q.low = p->q.y_zero;
    if (p->y.n && node->act == ASSAY_ACT_RELU6) {
        const double six =
            rint(6 / (double)p->y.scale[0]) + (double)p->q.y_zero;
        p->q.high = six < 127 ? (int64_t)six : 127;
    }
    for (int64_t j = 0; j < p->w.n; j++)
        p->q.wzero = p->q.wzero || p->w.zero[j] != 0;
    int8_t *zeros = assay_region_alloc(l->kept, (size_t)n, sizeof *zeros);
    float *scales = assay_region_alloc(l->kept, (size_t)n, sizeof *scales);
    if (!zeros || !scales)
        return ASSAY_NOMEM;
    for (int64_t j = 0; j < n; j++) {
        zeros[j] = (int8_t)p->w.zero[p->w.n == 1 ? 0 : j];
        scales[j] =
            integer
                ? 1
                : (float)(w_scale(p, j) / (p->y.n ? (double)p->y.scale[0] : 1));
        if (!isnormal(scales[j]))
            return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                   "its scales multiply to %g",
                                   (double)scales[j]);
    }
    if (!integer)
        p->constants[ASSAY_QUANTIZED_SCALE] = scales;
    if (p->q.wzero)
        p->constants[ASSAY_QUANTIZED_WZERO] = zeros;
    return ASSAY_OK;
}

/* The weights' bytes as s8, in the lowering's scratch. */
static int8_t *signed_weights(struct assay_lowering *l,
                              const struct assay_node *node,
                              enum assay_status *status)
{
    const struct assay_tensor *w = assay_input(l, node, roles_of(node).w);
    const int64_t n = assay_dims_count(&w->dims);
    if (!w->data) {
        *status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                  "its weights are computed");
        return NULL;
    }
    int8_t *to = assay_region_alloc(&l->scratch, (size_t)n, 1);
    const int shift = w->element == ASSAY_ELEMENT_UINT8 ? 128 : 0;
    for (int64_t i = 0; to && i < n; i++)
        to[i] = (int8_t)(assay_integer_at(w, i) - shift);
    *status = to ? ASSAY_OK : ASSAY_NOMEM;
    return to;
}

static enum assay_status conv_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_dims *w = &assay_input(l, node, roles_of(node).w)->dims;
    struct assay_conv_plan plan = {
        .dtype = ASSAY_S8,
        .x = *x,
        .k = w->size[0],
        .groups = assay_node_int(node, "group", 1),
    };
    struct product p;
    struct assay_run run = {0};
    int8_t *weights = NULL;
    enum assay_status status = assay_window_read(l, node, x, w, &plan.win);
    if (!status)
        status = read_product(l, node, plan.k, &p);
    if (!status)
        weights = signed_weights(l, node, &status);
    if (status)
        return status;
    plan.zero = (double)p.q.x_zero;
    status = assay_conv_input(l, node, &plan, &run.inputs[0]);
    char *packed = assay_region_alloc(l->kept, (size_t)assay_dims_count(w), 1);
    if (!packed)
        return ASSAY_NOMEM;
    assay_conv_permute(&plan, (const char *)weights, 1, packed);
    memcpy(run.constants, p.constants, sizeof p.constants);
    run.constants[ASSAY_QUANTIZED_W] = packed;
    assay_conv_problem(&plan, p.bias, &run.problem);
    assay_conv_set_quantized(&p.q, &run.problem);
    return status ? status
                  : assay_lower_run(l, node, &run, assay_conv_order(&plan));
}

/* -- Matrix products -- */

static enum assay_status matmul_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const struct assay_dims *b = &assay_input(l, node, roles_of(node).w)->dims;
    enum assay_status status = check_bytes(l, node);
    if (status)
        return status;
    struct assay_dims dims = *a;
    bool fits = a->rank >= 2 && (b->rank == 2 || b->rank == a->rank) &&
                a->size[a->rank - 1] == b->size[b->rank - 2];
    for (int i = 0; fits && b->rank > 2 && i < b->rank - 2; i++)
        fits = a->size[i] == b->size[i];
    if (!fits)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "matrices of these shapes are not supported");
    dims.size[a->rank - 1] = b->size[b->rank - 1];
    return assay_infer(l, node, result_of(l, node), &dims);
}

/* Where element i of a row of x lies. */
static int64_t place_of(struct assay_order order, int64_t i)
{
    return order.c ? i % order.hw * order.c + i / order.hw : i;
}

/* x [m][k], in that order, times weights [k][n] (or [n][k]). */
static enum assay_status
append_dense(struct assay_lowering *l, const struct assay_node *node,
             const struct product *p, const int8_t *weights, int64_t m,
             int64_t n, int64_t k, struct assay_order order, unsigned x,
             unsigned *y)
{
    struct assay_run run = {.inputs = {x}};
    int8_t *w = assay_region_alloc(l->kept, (size_t)(n * k), 1);
    if (!w)
        return ASSAY_NOMEM;
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < k; i++)
            w[j * k + place_of(order, i)] =
                node->transposed ? weights[j * k + i] : weights[i * n + j];
    memcpy(run.constants, p->constants, sizeof p->constants);
    run.constants[ASSAY_QUANTIZED_W] = w;
    assay_dense_problem(m, n, k, p->bias, ASSAY_S8, &run.problem);
    assay_conv_set_quantized(&p->q, &run.problem);
    return assay_lower_step(l, node, &run, y);
}

/* Each of `batch` products has weights of its own. */
static enum assay_status
append_batch(struct assay_lowering *l, const struct assay_node *node,
             const struct product *p, const int8_t *weights,
             const int64_t *sizes, unsigned x, unsigned *y)
{
    const int64_t batch = sizes[0], m = sizes[1], n = sizes[2], k = sizes[3];
    enum assay_status status = ASSAY_OK;
    for (int64_t t = 0; !status && t < batch; t++) {
        struct assay_run part = {.inputs = {x}}, join = {0};
        unsigned result = 0;
        assay_problem_init(&part.problem, ASSAY_OP_SLICE, ASSAY_S8);
        part.problem.as.slice.d[0] = batch;
        part.problem.as.slice.d[1] = m * k;
        part.problem.as.slice.start[0] = t;
        part.problem.as.slice.count[0] = 1;
        status = assay_lower_step(l, node, &part, &part.inputs[0]);
        if (!status)
            status =
                append_dense(l, node, p, weights + t * n * k, m, n, k,
                             assay_order_of(0, 0, 0), part.inputs[0], &result);
        join.inputs[0] = join.inputs[2] = join.inputs[3] = t ? *y : 0;
        join.inputs[1] = result;
        if (!status && t > 0) {
            assay_problem_init(&join.problem, ASSAY_OP_CONCAT,
                               assay_lower_mover(l->makers[result].type));
            join.problem.as.concat = (struct assay_concat){
                .outer = 1, .n = {t * m * n, m * n}, .inner = 1};
            status = assay_lower_step(l, node, &join, &result);
        }
        *y = result;
    }
    return status;
}

static enum assay_status matmul_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const struct assay_dims *b = &assay_input(l, node, roles_of(node).w)->dims;
    const int64_t k = a->size[a->rank - 1];
    const int64_t n = b->size[b->rank - (node->transposed ? 2 : 1)];
    const int64_t rows = assay_dims_product(a, 0, a->rank - 1);
    const int64_t batch =
        b->rank > 2 ? assay_dims_product(b, 0, b->rank - 2) : 1;
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const int64_t sizes[] = {batch, rows / batch, n, k};
    struct assay_order order = l->places[node->inputs[0]].order;
    struct product p;
    int8_t *weights = NULL;
    unsigned x, y;
    if (batch > 1 || order.n != rows || order.c * order.hw != k)
        order = plain;
    enum assay_status status = read_product(l, node, n, &p);
    if (!status)
        weights = signed_weights(l, node, &status);
    if (!status)
        status = assay_lower_input(l, node, 0, order, &x);
    if (!status)
        status = batch > 1 ? append_batch(l, node, &p, weights, sizes, x, &y)
                           : append_dense(l, node, &p, weights, rows, n, k,
                                          order, x, &y);
    return status ? status : assay_lower_put(l, node, 0, y, plain);
}

const struct assay_operator assay_operator_q_conv = {
    "QLinearConv", 10,   ASSAY_OPSET_MAX, 8, 9, 1, conv_rules,
    conv_infer,    NULL, conv_lower,
};

const struct assay_operator assay_operator_q_matmul = {
    "QLinearMatMul", 10,   ASSAY_OPSET_MAX, 8, 8, 1, no_rules,
    matmul_infer,    NULL, matmul_lower,
};

const struct assay_operator assay_operators_quant_conv[] = {
    {"QLinearConv", 10, ASSAY_OPSET_MAX, 8, 9, 1, conv_rules, conv_infer, NULL,
     conv_lower},
    {"ConvInteger", 10, ASSAY_OPSET_MAX, 2, 4, 1, conv_rules, conv_infer, NULL,
     conv_lower},
    {"QLinearMatMul", 10, ASSAY_OPSET_MAX, 8, 8, 1, no_rules, matmul_infer,
     NULL, matmul_lower},
    {"MatMulInteger", 10, ASSAY_OPSET_MAX, 2, 4, 1, no_rules, matmul_infer,
     NULL, matmul_lower},
    {0},
};
