/* SPDX-License-Identifier: Apache-2.0
 *
 * QDQ models: DequantizeLinear, an operator of floats, QuantizeLinear. The
 * operator becomes one of bytes; without QuantizeLinear behind it, one that
 * makes floats. What only moves or picks bytes stays the operator it is.
 */
#include <math.h>
#include <string.h>

#include "suites/model/op_quant.h"
#include "suites/model/simplify.h"

/* The DequantizeLinear of bytes that makes a value, or NULL. */
static const struct assay_node *dequantizer(const struct assay_lowering *l,
                                            uint32_t value)
{
    const struct assay_node *node = assay_maker_of_any(l, value);
    if (!node || strcmp(node->op->name, "DequantizeLinear") != 0 ||
        l->tensors[value].element != ASSAY_ELEMENT_FLOAT ||
        !assay_element_is_byte(l->tensors[node->inputs[0]].element))
        return NULL;
    return node;
}

static uint32_t input_of(const struct assay_node *node, uint32_t i)
{
    return i < node->n_inputs ? node->inputs[i] : ASSAY_ABSENT;
}

/* One scale for the whole tensor; else 0. */
static double one_scale(const struct assay_lowering *l, uint32_t value)
{
    double scale = 0;
    return value != ASSAY_ABSENT && assay_is_number(l, value, &scale) ? scale
                                                                      : 0;
}

/* Computed bytes with one scale. */
static const struct assay_node *of_input(const struct assay_lowering *l,
                                         uint32_t value)
{
    const struct assay_node *dq = dequantizer(l, value);
    if (!dq || l->tensors[value].data || !(one_scale(l, dq->inputs[1]) > 0))
        return NULL;
    return dq;
}

/* Constant bytes with one scale, or one for each of axis `axis`. */
static const struct assay_node *of_weights(const struct assay_lowering *l,
                                           uint32_t value, int axis)
{
    const struct assay_node *dq = dequantizer(l, value);
    if (!dq || !l->tensors[dq->inputs[0]].data ||
        !l->tensors[dq->inputs[1]].data)
        return NULL;
    int64_t given = assay_node_int(dq, "axis", 1);
    given += given < 0 ? l->tensors[value].dims.rank : 0;
    return one_scale(l, dq->inputs[1]) > 0 || given == axis ? dq : NULL;
}

/* What the pattern's end does with the result; all zero without one. */
struct end {
    uint32_t scale, zero;
    enum assay_act act;
};

static void set_xw(uint32_t *inputs, const struct assay_node *x,
                   const struct assay_node *w, const struct end *end)
{
    for (int i = 0; i < ASSAY_Q_INPUTS; i++)
        inputs[i] = ASSAY_ABSENT;
    inputs[ASSAY_Q_X] = x->inputs[0];
    inputs[ASSAY_Q_X_SCALE] = x->inputs[1];
    inputs[ASSAY_Q_X_ZERO] = input_of(x, 2);
    inputs[ASSAY_Q_W] = w->inputs[0];
    inputs[ASSAY_Q_W_SCALE] = w->inputs[1];
    inputs[ASSAY_Q_W_ZERO] = input_of(w, 2);
    inputs[ASSAY_Q_Y_SCALE] = end->scale;
    inputs[ASSAY_Q_Y_ZERO] = end->zero;
}

/* Constant floats, `n` of them, or nothing. */
static bool is_bias(const struct assay_lowering *l, uint32_t value, int64_t n)
{
    const struct assay_tensor *b;
    if (value == ASSAY_ABSENT)
        return true;
    b = &l->tensors[value];
    return b->data && b->element == ASSAY_ELEMENT_FLOAT &&
           assay_dims_count(&b->dims) == n &&
           (b->dims.rank == 0 || b->dims.size[b->dims.rank - 1] == n);
}

static bool take_conv(struct assay_lowering *l, struct assay_node *to,
                      const struct assay_node *conv, const struct end *end)
{
    const struct assay_node *x = of_input(l, conv->inputs[0]);
    const struct assay_node *w = of_weights(l, conv->inputs[1], 0);
    uint32_t inputs[ASSAY_Q_INPUTS];
    if (!x || !w ||
        !is_bias(l, input_of(conv, 2), l->tensors[w->inputs[0]].dims.size[0]))
        return false;
    set_xw(inputs, x, w, end);
    inputs[ASSAY_Q_BIAS] = input_of(conv, 2);
    to->attributes = conv->attributes;
    to->n_attributes = conv->n_attributes;
    to->name = conv->name;
    to->act = end->act;
    return assay_become(l, to, &assay_operator_q_conv, inputs, ASSAY_Q_INPUTS);
}

/* Gemm or MatMul, and a bias that an Add may have brought. */
static bool take_product(struct assay_lowering *l, struct assay_node *to,
                         const struct assay_node *product, uint32_t bias,
                         const struct end *end)
{
    const bool gemm = strcmp(product->op->name, "Gemm") == 0;
    const bool turned = gemm && assay_node_int(product, "transB", 0);
    const struct assay_node *x = of_input(l, product->inputs[0]);
    const struct assay_node *w =
        of_weights(l, product->inputs[1], turned ? 0 : 1);
    uint32_t inputs[ASSAY_Q_INPUTS];
    const double alpha = (double)assay_node_float(product, "alpha", 1);
    const double beta = (double)assay_node_float(product, "beta", 1);
    if (!x || !w || l->tensors[w->inputs[0]].dims.rank != 2 ||
        (gemm && (assay_node_int(product, "transA", 0) || alpha < 1 ||
                  alpha > 1 || beta < 1 || beta > 1)))
        return false;
    if (gemm && input_of(product, 2) != ASSAY_ABSENT) {
        if (bias != ASSAY_ABSENT)
            return false;
        bias = product->inputs[2];
    }
    if (!is_bias(l, bias, l->tensors[w->inputs[0]].dims.size[turned ? 0 : 1]))
        return false;
    set_xw(inputs, x, w, end);
    inputs[ASSAY_Q_BIAS] = bias;
    to->transposed = turned;
    to->n_attributes = 0;
    to->name = product->name;
    to->act = end->act;
    return assay_become(l, to, &assay_operator_q_matmul, inputs,
                        ASSAY_Q_INPUTS);
}

/* Sums, differences and products of two whole tensors. */
static bool take_pair(struct assay_lowering *l, struct assay_node *to,
                      const struct assay_node *pair, const struct end *end)
{
    const struct assay_node *a = of_input(l, pair->inputs[0]);
    const struct assay_node *b = of_input(l, pair->inputs[1]);
    uint32_t inputs[ASSAY_Q_INPUTS];
    if (!a || !b ||
        !assay_dims_equal(&l->tensors[pair->inputs[0]].dims,
                          &l->tensors[pair->inputs[1]].dims))
        return false;
    const double y = one_scale(l, end->scale);
    const double ra = one_scale(l, a->inputs[1]) / y;
    const double rb = one_scale(l, b->inputs[1]) / y;
    const double larger = fmax(ra, rb);
    /* The range of the kernel's scales (binary.h). */
    if (pair->op->name[0] != 'M' && !(larger >= 0x1p-10 && larger < 0x1p8))
        return false;
    set_xw(inputs, a, b, end);
    to->n_attributes = 0;
    to->name = pair->name;
    to->act = end->act;
    const struct assay_operator *op =
        pair->op->name[0] == 'A'   ? &assay_operator_q_add
        : pair->op->name[0] == 'S' ? &assay_operator_q_sub
                                   : &assay_operator_q_mul;
    return assay_become(l, to, op, inputs, ASSAY_Q_INPUTS);
}

static bool same_number(const struct assay_lowering *l, uint32_t a, uint32_t b)
{
    const struct assay_tensor *x = a == ASSAY_ABSENT ? NULL : &l->tensors[a];
    const struct assay_tensor *y = b == ASSAY_ABSENT ? NULL : &l->tensors[b];
    if (!x || !y || !x->data || !y->data || x->element != y->element)
        return false;
    return assay_dims_count(&x->dims) == 1 && assay_dims_count(&y->dims) == 1 &&
           memcmp(x->data, y->data, assay_element_bytes(x->element)) == 0;
}

/* Operators that pick among bytes of one scale and change none. */
static bool take_mover(struct assay_lowering *l, struct assay_node *to,
                       const struct assay_node *mover, const struct end *end)
{
    static const char *const names[] = {
        "MaxPool", "GlobalMaxPool", "Reshape",   "Flatten",
        "Squeeze", "Unsqueeze",     "Transpose", "Concat",
        "Slice",   "Identity",      NULL};
    const bool all = strcmp(mover->op->name, "Concat") == 0;
    if (!assay_is_one_of(mover->op->name, names) ||
        end->act != ASSAY_ACT_NONE || mover->n_outputs != 1)
        return false;
    uint32_t *inputs =
        assay_region_alloc(&l->scratch, mover->n_inputs, sizeof *inputs);
    if (!inputs)
        return false;
    for (uint32_t i = 0; i < mover->n_inputs; i++) {
        inputs[i] = mover->inputs[i];
        if (i > 0 && !all)
            continue;
        const struct assay_node *x = of_input(l, mover->inputs[i]);
        if (!x || !same_number(l, x->inputs[1], end->scale) ||
            !same_number(l, input_of(x, 2), end->zero))
            return false;
        inputs[i] = x->inputs[0];
    }
    to->attributes = mover->attributes;
    to->n_attributes = mover->n_attributes;
    to->name = mover->name;
    return assay_become(l, to, mover->op, inputs, mover->n_inputs);
}

static bool take_pool(struct assay_lowering *l, struct assay_node *to,
                      const struct assay_node *pool, const struct end *end)
{
    static const char *const names[] = {"AveragePool", "GlobalAveragePool",
                                        NULL};
    const struct assay_node *x;
    uint32_t inputs[ASSAY_Q_INPUTS];
    if (!assay_is_one_of(pool->op->name, names) ||
        !(x = of_input(l, pool->inputs[0])) ||
        l->tensors[pool->inputs[0]].dims.rank != 4)
        return false;
    set_xw(inputs, x, x, end);
    to->attributes = pool->attributes;
    to->n_attributes = pool->n_attributes;
    to->name = pool->name;
    to->act = end->act;
    return assay_become(l, to,
                        pool->op->name[0] == 'G' ? &assay_operator_q_global
                                                 : &assay_operator_q_pool,
                        inputs, ASSAY_Q_INPUTS);
}

/* A function of each byte. */
static bool take_function(struct assay_lowering *l, struct assay_node *to,
                          const struct assay_node *function,
                          const struct end *end)
{
    struct assay_unary unary;
    uint32_t inputs[ASSAY_Q_INPUTS];
    const struct assay_node *x;
    if (function->n_inputs < 1 || end->act != ASSAY_ACT_NONE ||
        !assay_unary_of(function->op->name, function, &unary) ||
        !(x = of_input(l, function->inputs[0])))
        return false;
    set_xw(inputs, x, x, end);
    to->attributes = function->attributes;
    to->n_attributes = function->n_attributes;
    to->name = function->name;
    to->function = function->op->name;
    return assay_become(l, to, &assay_operator_q_function, inputs,
                        ASSAY_Q_INPUTS);
}

/* A value times weights, plus a bias. */
static bool take_sum(struct assay_lowering *l, struct assay_node *to,
                     const struct assay_node *add, const struct end *end)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct assay_node *product =
            assay_maker(l, add->inputs[i], "MatMul");
        if (product && l->tensors[add->inputs[!i]].data &&
            assay_dims_equal(&l->tensors[add->inputs[i]].dims,
                             &l->tensors[add->outputs[0]].dims) &&
            take_product(l, to, product, add->inputs[!i], end))
            return true;
    }
    return false;
}

static bool take(struct assay_lowering *l, struct assay_node *to,
                 const struct assay_node *from, const struct end *end)
{
    static const char *const pairs[] = {"Add", "Sub", "Mul", NULL};
    const char *name = from->op->name;
    if (strcmp(name, "Conv") == 0)
        return take_conv(l, to, from, end);
    if (strcmp(name, "Gemm") == 0 || strcmp(name, "MatMul") == 0)
        return take_product(l, to, from, ASSAY_ABSENT, end);
    if (strcmp(name, "Add") == 0 && take_sum(l, to, from, end))
        return true;
    if (end->scale == ASSAY_ABSENT)
        return false;
    return (assay_is_one_of(name, pairs) && from->n_inputs == 2 &&
            take_pair(l, to, from, end)) ||
           take_mover(l, to, from, end) || take_pool(l, to, from, end) ||
           take_function(l, to, from, end);
}

/* What QuantizeLinear quantizes, an activation in between left out. */
static const struct assay_node *before(const struct assay_lowering *l,
                                       const struct assay_node *q,
                                       struct end *end)
{
    const struct assay_node *node = assay_maker(l, q->inputs[0], "Relu");
    double low, high;
    *end = (struct end){q->inputs[1], input_of(q, 2), ASSAY_ACT_NONE};
    if (node) {
        end->act = ASSAY_ACT_RELU;
    } else if ((node = assay_maker(l, q->inputs[0], "Clip")) &&
               node->n_inputs == 3 && node->inputs[1] != ASSAY_ABSENT &&
               node->inputs[2] != ASSAY_ABSENT &&
               assay_is_number(l, node->inputs[1], &low) &&
               assay_is_number(l, node->inputs[2], &high) && !(low < 0) &&
               !(low > 0) && !(high < 6) && !(high > 6)) {
        end->act = ASSAY_ACT_RELU6;
    } else {
        node = q;
    }
    node = l->tensors[node->inputs[0]].data
               ? NULL
               : assay_maker_of_any(l, node->inputs[0]);
    return node;
}

static bool is_quantized(const struct assay_lowering *l, uint32_t value)
{
    for (uint32_t i = 0; i < l->model->n_nodes; i++)
        if (l->nodes[i].n_inputs && l->nodes[i].inputs[0] == value &&
            strcmp(l->nodes[i].op->name, "QuantizeLinear") == 0)
            return true;
    return false;
}

/* What changes the shape of floats that were bytes, or picks among them, does
 * so with the bytes, so that what reads them finds DequantizeLinear in front:
 * the two nodes change places, and the value between them becomes one of bytes.
 * With QuantizeLinear behind it, it moves bytes anyway. */
static void exchange(struct assay_lowering *l, struct assay_node *shape)
{
    static const char *const names[] = {"Flatten",   "Reshape", "Squeeze",
                                        "Unsqueeze", "MaxPool", "GlobalMaxPool",
                                        "Transpose", NULL};
    if (!assay_is_one_of(shape->op->name, names) || shape->n_outputs != 1 ||
        !of_input(l, shape->inputs[0]) || is_quantized(l, shape->outputs[0]))
        return;
    const uint32_t between = shape->inputs[0];
    struct assay_node *dq = &l->nodes[l->model->values[between].node];
    uint32_t back[3] = {between, dq->inputs[1], input_of(dq, 2)};
    uint32_t front[2] = {dq->inputs[0], input_of(shape, 1)};
    const struct assay_node old = *shape;
    if (assay_readers(l, between) != 1 || old.n_inputs > 2 ||
        !assay_become(l, shape, dq->op, back, dq->n_inputs))
        return;
    if (!assay_become(l, dq, old.op, front, old.n_inputs)) {
        *shape = old;
        return;
    }
    shape->attributes = dq->attributes;
    shape->n_attributes = dq->n_attributes;
    dq->attributes = old.attributes;
    dq->n_attributes = old.n_attributes;
    l->tensors[between].element = l->tensors[front[0]].element;
    l->tensors[between].dims = l->tensors[shape->outputs[0]].dims;
}

void assay_simplify_qdq(struct assay_lowering *l)
{
    for (uint32_t i = 0; i < l->model->n_nodes; i++)
        exchange(l, &l->nodes[i]);
    for (uint32_t i = 0; i < l->model->n_nodes; i++) {
        struct assay_node *q = &l->nodes[i];
        struct end end;
        if (strcmp(q->op->name, "QuantizeLinear") != 0 ||
            !(one_scale(l, q->inputs[1]) > 0))
            continue;
        const struct assay_node *from = before(l, q, &end);
        if (!from || take(l, q, from, &end) || end.act == ASSAY_ACT_NONE)
            continue;
        /* An activation that nothing takes in is a function. */
        end.act = ASSAY_ACT_NONE;
        take_function(l, q, assay_maker_of_any(l, q->inputs[0]), &end);
    }
    const struct end none = {ASSAY_ABSENT, ASSAY_ABSENT, ASSAY_ACT_NONE};
    for (uint32_t i = l->model->n_nodes; i-- > 0;) {
        struct assay_node *node = &l->nodes[i];
        if (!l->tensors[node->outputs[0]].data &&
            l->tensors[node->outputs[0]].element == ASSAY_ELEMENT_FLOAT)
            take(l, node, node, &none);
    }
}
